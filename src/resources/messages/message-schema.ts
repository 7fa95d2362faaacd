import type { FromSchema } from "json-schema-to-ts";
import type { Declaration } from "../../core/kind/declaration.js";
import { ownNames, userNames } from "../names.js";

const properties = {
  body: { type: "string", minLength: 1, description: "The message's text." },
  mentions: { type: "array", items: userNames, description: "Users whom the message mentions and notifies." },
  replyTo: {
    ...ownNames,
    description: "The name of another message of this room or user. The reply is sent to its thread.",
  },
  reactions: {
    type: "array",
    items: { type: "string", minLength: 1 },
    description:
      "The reactions of the token's user, exactly. If not declared, reactions are neither read nor changed.",
  },
} as const;

const pinned = {
  type: "boolean",
  description: "true pins the message, false unpins it. At most 5 messages can be pinned.",
} as const;
const pinnedMessageIds = {
  type: "array",
  items: { type: "string", minLength: 1 },
  description:
    "Pins of messages that are not declared here, by id. If declared (even []), all other pins are removed.",
} as const;

/** The top-level blocks in which messages can be declared. */
export type Scope = "rooms" | "users";

export function messageDeclarations(scope: Scope): readonly Declaration[] {
  const description = "A message, under a name of your choice.";
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

/** The messages and pins in the block of a room or a user. */
export interface ChatBlock {
  readonly messages?: Readonly<Record<string, MessageBlock>>;
  readonly pinnedMessageIds?: readonly string[];
}
