import type { FromSchema } from "json-schema-to-ts";
import type { Declaration } from "../../core/kind/declaration.js";
import { ownNames, userNames } from "../names.js";

const properties = {
  body: { type: "string", minLength: 1, description: "The message's text." },
  mentions: { type: "array", items: userNames, description: "Users that the message notifies." },
  replyTo: {
    ...ownNames,
    description: "Another message of this room or user, by its name: this one goes into its thread.",
  },
  reactions: {
    type: "array",
    items: { type: "string", minLength: 1 },
    description: "Exactly these are the reactions of the token's user. Not declared: not touched.",
  },
} as const;

const pinned = { type: "boolean", description: "Whether the message is pinned. At most 5 pins." } as const;
const pinnedMessageIds = {
  type: "array",
  items: { type: "string", minLength: 1 },
  description:
    "Pins of messages that are not declared here, by id. Declared (also []): all other pins are removed.",
} as const;

/** Where messages can be declared. */
export type Scope = "rooms" | "users";

export function messageDeclarations(scope: Scope): readonly Declaration[] {
  const description = "A message, by a name of your own.";
  return [{ at: `${scope}/*/messages/*`, names: ownNames, description, properties, required: ["body"] }];
}

export function pinDeclarations(scope: Scope): readonly Declaration[] {
  return [
    { at: `${scope}/*`, properties: { pinnedMessageIds } },
    { at: `${scope}/*/messages/*`, properties: { pinned } },
  ];
}

export type MessageBlock = FromSchema<{
  readonly type: "object";
  readonly required: readonly ["body"];
  readonly additionalProperties: false;
  readonly properties: typeof properties & { readonly pinned: typeof pinned };
}>;

/** A room or a user, as far as messages and pins are concerned. */
export interface ChatBlock {
  readonly messages?: Readonly<Record<string, MessageBlock>>;
  readonly pinnedMessageIds?: readonly string[];
}
