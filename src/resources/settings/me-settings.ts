import { requestSchemas } from "../../api/operations/models.js";
import { pick, sentAttributes, setEffects } from "../attributes.js";
import { call, read } from "../calls.js";
import { settingsKind } from "./settings-kind.js";

/** The chat settings of the token's user. */
export const meSettings = settingsKind({
  type: "chat_own_settings",
  title: "own settings",
  at: "me",
  block: { description: "The token's user.", required: ["settings"] },
  properties: requestSchemas.UserSettingsForChat.properties,
  description: "The chat settings of the token's user.",
  id: () => "me",
  read: () => read("getChatsUsersMeSettings"),
  calls(change) {
    const sent = sentAttributes(change);
    // PATCH requires `mobile`: it is sent as it is where it does not change.
    const body = { ...sent, ...pick(change.after, ["mobile"]) };
    return [call("patchChatsUsersMeSettings", { params: {}, body, effects: setEffects(sent) })];
  },
});
