import type { RequestBody } from "../../api/operations/models.js";

/** The org's chat settings, whole. Defaults: the published ones. */
export type OrgSettings = Required<RequestBody<"ChatSettings">>;
/** A user's chat settings, whole. */
export type UserSettings = Required<RequestBody<"UserSettingsForChat">>;

export const defaultOrgSettings: OrgSettings = { messageRetentionPeriodDays: 3650, reactionsEnabled: true };
export const defaultUserSettings: UserSettings = {
  muted: false,
  mentionsOnly: false,
  notifyOnReactions: true,
  mobile: { notifications: { when: "OnlyWhenInactive" } },
};
