import type { FromSchema } from "json-schema-to-ts";
import type { Declaration } from "../../core/kind/declaration.js";
import { ownNames } from "../names.js";
import type { PeopleBlock } from "../people/people-schema.js";
import { peopleSchema } from "../people/people-schema.js";

const body = { type: "string", minLength: 1, description: "The message's text." } as const;
const mentions = peopleSchema("The users whom the message mentions and notifies: people and sources.");
const others = {
  id: {
    type: "string",
    title: "message id",
    description: "The id of an existing message of this room or user to adopt.",
    // Ids are part of the path of a request, several with commas between them.
    pattern: "^(?!\\.{1,2}$)[^\\s,/]+$",
  },
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
  return [
    {
      at: `${scope}/*/messages/*`,
      names: ownNames,
      description,
      properties: { body, mentions, ...others },
      required: ["body"],
    },
  ];
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
  readonly properties: typeof others & { readonly body: typeof body; readonly pinned: typeof pinned };
}> & { readonly mentions?: PeopleBlock };

/** The messages and pins in the block of a room or a user. */
export interface ChatBlock {
  readonly messages?: Readonly<Record<string, MessageBlock>>;
  readonly pinnedMessageIds?: readonly string[];
}
