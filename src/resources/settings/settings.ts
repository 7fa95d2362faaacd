import { requestSchemas } from "../../api/operations/models.js";
import type { RequestBody } from "../../api/operations/models.js";
import type { JsonObject } from "../../core/json/json.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import type { Finding } from "../../core/plan/change.js";
import { changedAttributes, sentAttributes, setEffects } from "../attributes.js";
import { call, read } from "../calls.js";
import { settingsKind } from "./settings-kind.js";

const { properties } = requestSchemas.ChatSettings;

/** The org's chat settings. */
export const settings = settingsKind({
  type: "chat_settings",
  title: "org settings",
  at: "",
  properties,
  description: "The org's chat settings. Settings that are not declared are neither read nor changed.",
  id: () => "settings",
  read: () => read("getChatsSettings"),
  plan: {
    calls(change) {
      const changed = changedAttributes(change);
      // PUT replaces all settings and might reset an omitted one: only used when each is declared.
      const declaresAll = Object.keys(properties).every(
        (name) => change.resource.attributes[name] !== undefined,
      );
      const put = declaresAll && Object.keys(changed).length > 1;
      const patch = sentAttributes(change, ["messageRetentionPeriodDays"]);
      const body: RequestBody<"ChatSettings"> = put ? change.after : patch;
      const effects = setEffects(put ? changed : patch);
      return [call(put ? "putChatsSettings" : "patchChatsSettings", { params: {}, body, effects })];
    },
    findings: retentionFindings,
  },
});

/** A shorter retention destroys messages for good. Source: the vendor's help on chat message retention. */
function retentionFindings({ before, after }: ResourceChange): readonly Finding[] {
  const from = retentionDays(before);
  const to = retentionDays(after);
  if (from === undefined || to === undefined || to >= from) return [];
  const text =
    `Retention is shortened from ${from} to ${to} days: Genesys Cloud deletes all messages and attachments ` +
    `older than ${to} days for good, within a week.`;
  return [{ code: "shorter-retention", severity: "data-loss", text }];
}

function retentionDays(attributes: JsonObject): number | undefined {
  const value = attributes["messageRetentionPeriodDays"];
  return typeof value === "number" ? value : undefined;
}
