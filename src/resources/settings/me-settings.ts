import { requestSchemas } from "../../api/operations/models.js";
import type { Finding } from "../../core/plan/change.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import { pick, sentAttributes, setEffects } from "../attributes.js";
import { call, read } from "../calls.js";
import { settingsKind } from "./settings-kind.js";

/** The chat settings of the token's user. */
export const meSettings = settingsKind({
  type: "chat_own_settings",
  title: "own settings",
  at: "me",
  block: {
    description: "The token's user.",
    required: ["settings"],
    properties: {
      onRemove: {
        type: "string",
        enum: ["retain", "reset"],
        default: "retain",
        description:
          "When me is removed from the config: retain keeps the settings as they are, reset brings back the defaults of Genesys Cloud for all of them.",
      },
    },
  },
  properties: requestSchemas.UserSettingsForChat.properties,
  description: "The chat settings of the token's user.",
  // Undocumented: what a user's settings read as before they were first changed, and after a reset.
  isUnsetIfMissing: true,
  id: () => "me",
  read: () => read("getChatsUsersMeSettings"),
  plan: {
    needsUser: true,
    // Without a user, the response may be the same as without settings.
    dependsOnUser: (_resource, live) => live?.present === true && Object.keys(live.attributes).length === 0,
    calls(change) {
      if (change.type === "delete") return [call("deleteChatsUsersMeSettings", { params: {} })];
      const sent = sentAttributes(change);
      const effects = setEffects(sent);
      const { mobile, muted } = change.after;
      // PATCH requires `mobile`, which is sent as it is where it does not change. POST requires `muted`.
      if (mobile === undefined && muted !== undefined)
        return [call("postChatsUsersMeSettings", { params: {}, body: { ...sent, muted }, effects })];
      return [
        call("patchChatsUsersMeSettings", {
          params: {},
          body: { ...sent, ...pick(change.after, ["mobile"]) },
          effects,
        }),
      ];
    },
    findings,
    remove: ({ onRemove }, { destroy }) =>
      destroy || onRemove === "reset" ? { action: "to-defaults" } : { action: "forget" },
  },
});

function findings({ type }: ResourceChange): readonly Finding[] {
  if (type !== "delete") return [];
  const text =
    "All own settings get the defaults of Genesys Cloud, also those that the config does not declare.";
  return [{ code: "own-settings-reset", severity: "warning", text }];
}
