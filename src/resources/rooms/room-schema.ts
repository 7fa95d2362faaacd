import type { FromSchema } from "json-schema-to-ts";
import type { Declaration } from "../../core/kind/declaration.js";
import { ownNames, roomJid } from "../names.js";
import type { PeopleBlock } from "../people/people-schema.js";
import { peopleSchema } from "../people/people-schema.js";

const texts = {
  jid: roomJid,
  subject: { type: "string", minLength: 1, description: "The room's name as chat users see it." },
  description: { type: "string", description: "The room's description. An empty text clears it." },
} as const;

const people = {
  owners: peopleSchema(
    "The owners of the room, exactly: people and sources. If not declared, owners are neither read nor changed.",
  ),
  participants: peopleSchema(
    "The participants of the room: people and sources. If not declared, they are neither read nor changed; [] removes everyone but the token's user.",
  ),
};

const rules = {
  participantsMode: {
    type: "string",
    enum: ["exact", "additive"],
    default: "exact",
    description: "exact: other participants are removed. additive: participants are only added.",
  },
  onRemove: {
    type: "string",
    enum: ["retain", "empty"],
    default: "retain",
    description:
      "When the room is removed from the config: retain keeps it as it is, empty removes all participants.",
  },
  protect: {
    type: "boolean",
    description:
      "true refuses plans that remove the room or a participant, even once the room is removed from the config. Set false and apply to lift.",
  },
  ignore: {
    type: "array",
    items: { type: "string", enum: ["subject", "description", "owners", "participants"] },
    description: "Fields that are not compared once the room exists.",
  },
} as const;

/** The schema of a room. */
export const declarations: readonly Declaration[] = [
  {
    at: "rooms/*",
    names: ownNames,
    description: "An ad hoc room, under a name of your choice.",
    properties: { ...texts, ...people, ...rules },
  },
];

export type RoomBlock = FromSchema<
  {
    readonly type: "object";
    readonly additionalProperties: false;
    readonly properties: typeof texts & typeof rules;
  },
  { keepDefaultedPropertiesOptional: true }
> & { readonly [Member in keyof typeof people]?: PeopleBlock };
