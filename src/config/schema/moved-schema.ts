import { ownNames } from "../../resources/names.js";

const name = ownNames.pattern.slice(1, -1);

/** JSON Schema of an address that can be renamed. */
const address = {
  type: "string",
  title: "address",
  pattern: `^(?:rooms/${name}(?:/messages/${name})?|users/[^/\\s]+/messages/${name}|userSettings/${name})$`,
} as const;

const pattern = new RegExp(address.pattern);

/** Returns true for an address that the schema allows. */
export function isMovableAddress(text: string): boolean {
  return pattern.test(text);
}

/** JSON Schema of the renamed addresses. */
export const movedSchema = {
  type: "array",
  description:
    "Renamed addresses: without them, a room under a new name would be a second room. Harmless once applied.",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["from", "to"],
    properties: {
      from: { ...address, description: "The address until now." },
      to: { ...address, description: "The address in the config." },
    },
  },
} as const;
