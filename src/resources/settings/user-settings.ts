import { requestSchemas } from "../../api/operations/models.js";
import type { RequestBody } from "../../api/operations/models.js";
import { userId } from "../../core/calls/reference.js";
import { setEffects } from "../attributes.js";
import { call, read } from "../calls.js";
import { userNames } from "../people/people-schema.js";
import { settingsKind } from "./settings-kind.js";

/** A user's chat settings, as an admin sets them. */
export const userSettings = settingsKind({
  type: "chat_user_settings",
  title: "user settings",
  at: "users/*",
  block: {
    names: userNames,
    description: "A user, by e-mail or id.",
    isSplit: true,
    lowerCaseNames: true,
  },
  sharedBlock: "userSettings",
  properties: { mobile: requestSchemas.ChatUserSettings.properties.mobile },
  description: "The user's chat settings.",
  id: userId,
  read: ({ id = "" }) => read("getChatsUserSettings", { userId: id }),
  response: "userSettingsResponse",
  plan: {
    calls({ resource, after }) {
      // PATCH requires the whole of `mobile`.
      const body = { mobile: after["mobile"] } as RequestBody<"ChatUserSettings">;
      const params = { userId: resource.id ?? "" };
      return [call("patchChatsUserSettings", { params, body, effects: setEffects(body) })];
    },
  },
});
