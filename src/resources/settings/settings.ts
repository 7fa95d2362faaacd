import type { FromSchema } from "json-schema-to-ts";
import type { RequestBody } from "../../api/operations/models.js";
import { requestSchemas } from "../../api/operations/models.js";
import type { Finding } from "../../core/plan/change.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import { call, read } from "../calls.js";
import { changedAttributes, documented, pick, sentAttributes, setEffects } from "../attributes.js";

const schema = {
  ...requestSchemas.ChatSettings,
  minProperties: 1,
  description: "The org's chat settings. What is not declared is not touched.",
} as const;

type Block = FromSchema<typeof schema>;

const fields = Object.keys(schema.properties);

/** The org's chat settings. */
export const settings: Kind<Block> = {
  name: "settings",
  type: "chat_settings",
  title: "org settings",
  operations: ["getChatsSettings", "patchChatsSettings", "putChatsSettings"],
  at: "settings",
  declares: [{ at: "", properties: { settings: schema } }],
  sets: [],
  people: [],
  adopts: false,
  restores: true,
  check: () => [],
  expand: (block, { pointer }) => [
    { address: "settings", kind: "settings", id: "settings", attributes: block, pointer },
  ],
  reads: () => [read("getChatsSettings")],
  decode(_resource, [answer]) {
    if (answer?.found !== true || !isObject(answer.body)) return { present: false };
    return { present: true, attributes: documented(answer.body, schema) };
  },
  needsActor: () => "no",
  goal: (resource) => ({ attributes: resource.attributes }),
  calls(change) {
    const changed = changedAttributes(change);
    // PUT sets them all: it may only be used when each is declared (an omitted one might be reset).
    const all = fields.every((field) => change.resource.attributes[field] !== undefined);
    const put = all && Object.keys(changed).length > 1;
    const patch = sentAttributes(change, ["messageRetentionPeriodDays"]);
    const body: RequestBody<"ChatSettings"> = put ? change.after : patch;
    return [
      call(put ? "putChatsSettings" : "patchChatsSettings", {
        params: {},
        body,
        effects: setEffects(put ? changed : patch),
      }),
    ];
  },
  remarks: (change) => retentionRemarks(change),
  countable: () => 0,
  remove: (_resource, { destroy, original }) =>
    destroy ? { action: "reset", reads: original, goal: () => original } : { action: "forget" },
  whole: {},
  express: (_resource, live) => pick(live, fields),
};

/** A shorter retention destroys messages for good. Source: the vendor's help on chat message retention. */
function retentionRemarks({ before, after }: ResourceChange): readonly Finding[] {
  const from = days(before);
  const to = days(after);
  if (from === undefined || to === undefined || to >= from) return [];
  const text =
    `Retention goes down from ${from} to ${to} days: Genesys Cloud deletes all messages and attachments ` +
    `older than ${to} days for good, within a week.`;
  return [{ code: "shorter-retention", severity: "data-loss", text }];
}

function days(attributes: JsonObject): number | undefined {
  const value = attributes["messageRetentionPeriodDays"];
  return typeof value === "number" ? value : undefined;
}
