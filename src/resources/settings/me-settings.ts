import type { FromSchema } from "json-schema-to-ts";
import { requestSchemas } from "../../api/operations/models.js";
import { isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import { sentAttributes, documented, pick, setEffects } from "../attributes.js";
import { call, read } from "../calls.js";

const { properties } = requestSchemas.UserSettingsForChat;

const schema = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  description: "Chat settings of the user that the access token belongs to.",
  properties,
} as const;

interface Block {
  readonly settings?: FromSchema<typeof schema>;
}

const fields = Object.keys(properties);

/** The chat settings of the user that the access token belongs to. */
export const meSettings: Kind<Block> = {
  name: "me/settings",
  type: "chat_own_settings",
  title: "own settings",
  operations: ["getChatsUsersMeSettings", "patchChatsUsersMeSettings"],
  at: "me",
  declares: [
    {
      at: "me",
      description: "The user that the access token belongs to.",
      properties: { settings: schema },
      required: ["settings"],
    },
  ],
  sets: [],
  people: [],
  adopts: false,
  restores: true,
  check: () => [],
  expand({ settings }, { pointer }) {
    if (settings === undefined) return [];
    return [
      {
        address: "me/settings",
        kind: "me/settings",
        id: "me",
        attributes: settings,
        pointer: `${pointer}/settings`,
      },
    ];
  },
  reads: () => [read("getChatsUsersMeSettings")],
  decode(_resource, [answer]) {
    if (answer?.found !== true || !isObject(answer.body)) return { present: false };
    return { present: true, attributes: documented(answer.body, schema) };
  },
  needsActor: () => "no",
  goal: (resource) => ({ attributes: resource.attributes }),
  calls(change) {
    const sent = sentAttributes(change);
    // `mobile` is required even in PATCH: where it does not change, it is sent as it is.
    const body = { ...sent, ...pick(change.after, ["mobile"]) };
    return [call("patchChatsUsersMeSettings", { params: {}, body, effects: setEffects(sent) })];
  },
  remarks: () => [],
  countable: () => 0,
  remove: (_resource, { destroy, original }) =>
    destroy ? { action: "reset", reads: original, goal: () => original } : { action: "forget" },
  whole: {},
  express: (_resource, live) => ({ settings: pick(live, fields) }),
};
