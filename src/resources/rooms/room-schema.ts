import type { FromSchema } from "json-schema-to-ts";
import type { Declaration } from "../../core/kind/declaration.js";
import { member, ownNames, roomJid, userNames } from "../names.js";

const properties = {
  jid: roomJid,
  subject: { type: "string", minLength: 1, description: "What chat users see as the room's name." },
  description: { type: "string", description: "An empty text clears it." },
  owners: {
    type: "array",
    items: userNames,
    description: "Exactly these own the room. Not declared: not touched.",
  },
  participants: {
    type: "array",
    items: member,
    description: "Who is in the room. Not declared: not touched; [] removes everybody (but the acting user).",
  },
  participantsMode: {
    type: "string",
    enum: ["exact", "additive"],
    default: "exact",
    description: "exact: others are removed. additive: only ever add.",
  },
  onRemove: {
    type: "string",
    enum: ["retain", "empty"],
    default: "retain",
    description:
      "When the room leaves the files: retain leaves it as it is, empty removes everybody from it.",
  },
  protect: {
    type: "boolean",
    description:
      "Refuse to remove the room, or anyone from it, even after it left the files. To lift: false.",
  },
  ignore: {
    type: "array",
    items: { type: "string", enum: ["subject", "description", "owners", "participants"] },
    description: "Fields that others own once the room exists.",
  },
} as const;

/** The room's part of the desired state. */
export const declarations: readonly Declaration[] = [
  { at: "rooms/*", names: ownNames, description: "An ad hoc room, by a name of your own.", properties },
];

export type RoomBlock = FromSchema<
  { readonly type: "object"; readonly additionalProperties: false; readonly properties: typeof properties },
  { keepDefaultedPropertiesOptional: true }
>;
export type Member = NonNullable<RoomBlock["participants"]>[number];
