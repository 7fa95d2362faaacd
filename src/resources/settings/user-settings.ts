import type { FromSchema } from "json-schema-to-ts";
import type { RequestBody } from "../../api/operations/models.js";
import { requestSchemas } from "../../api/operations/models.js";
import { isObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import { userId } from "../../core/calls/reference.js";
import { documented, setEffects } from "../attributes.js";
import { call, read } from "../calls.js";
import { userNames } from "../names.js";

const schema = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  description: "The user's chat settings.",
  properties: { mobile: requestSchemas.ChatUserSettings.properties.mobile },
} as const;

interface Block {
  readonly settings?: FromSchema<typeof schema>;
}

/** A user's chat settings, as an admin sets them. */
export const userSettings: Kind<Block> = {
  name: "users/*/settings",
  type: "chat_user_settings",
  title: "user settings",
  operations: ["getChatsUserSettings", "patchChatsUserSettings"],
  at: "users/*",
  declares: [
    {
      at: "users/*",
      names: userNames,
      description: "A user, by e-mail or id.",
      properties: { settings: schema },
    },
  ],
  sets: [],
  people: [],
  adopts: false,
  restores: true,
  check: () => [],
  expand({ settings }, { names: [user = ""], pointer }) {
    if (settings === undefined) return [];
    const address = `users/${user.toLowerCase()}/settings`;
    return [
      {
        address,
        kind: "users/*/settings",
        id: userId(user),
        attributes: settings,
        pointer: `${pointer}/settings`,
      },
    ];
  },
  reads: ({ id = "" }) => [read("getChatsUserSettings", { userId: id })],
  decode(_resource, [answer]) {
    if (answer?.found !== true || !isObject(answer.body)) return { present: false };
    return { present: true, attributes: documented(answer.body, schema) };
  },
  needsActor: () => "no",
  goal: (resource) => ({ attributes: resource.attributes }),
  calls({ resource, after }) {
    // `mobile` is required, whole, even in PATCH.
    const body = { mobile: after["mobile"] } as RequestBody<"ChatUserSettings">;
    return [
      call("patchChatsUserSettings", {
        params: { userId: resource.id ?? "" },
        body,
        effects: setEffects(body),
      }),
    ];
  },
  remarks: () => [],
  countable: () => 0,
  remove: (_resource, { destroy, original }) =>
    destroy ? { action: "reset", reads: original, goal: () => original } : { action: "forget" },
  whole: {},
  express: (_resource, live) => ({ settings: { mobile: live["mobile"] } }),
};
