import type { JsonObject } from "../../core/json/json.js";
import { emailPattern } from "../../core/people/email.js";

/** A UUID, as Genesys Cloud uses for ids. */
const id = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

/** JSON Schema of a user. An e-mail has an `@`, an id has none. */
export const userNames = {
  type: "string",
  title: "user",
  description: "A user: an e-mail address or a user id.",
  // The id first: its pattern fails sooner for an e-mail than that of e-mails for an id.
  pattern: `^(?:${id}|${emailPattern})$`,
} as const;

const sourceName = (description: string): JsonObject => ({ type: "string", minLength: 1, description });

/** JSON Schemas of the keys that name a source. */
const sources = {
  group: sourceName("The name of a group. Its active members are in the list."),
  team: sourceName("The name of a work team. Its active members are in the list."),
  queue: sourceName("The name of a queue. Its active members are in the list."),
  reportsOf: {
    ...userNames,
    description:
      "A user, by e-mail or id. The active users who report directly to this user are in the list.",
  },
  skillGroup: sourceName("The name of a skill group. Its active members are in the list."),
};

const item = { $ref: "#/$defs/person" } as const;

const source = {
  type: "object",
  title: "source",
  description: "All active members of a group, team, queue or skill group, or the direct reports of a user.",
  additionalProperties: false,
  oneOf: Object.keys(sources).map((key) => ({ properties: { [key]: true }, required: [key] })),
  properties: {
    ...sources,
    except: {
      type: "array",
      items: item,
      description: "Users who are left out, though they are members of the source: people and sources.",
    },
  },
};

/** Definitions that the schemas of people refer to. */
export const peopleDefinitions = {
  person: {
    title: "person",
    description: "A user by e-mail or id, a source of users such as { group: Support }, or a list of these.",
    // Instead of anyOf, so that each mistake gives one error.
    if: { type: "string" },
    then: userNames,
    else: { if: { type: "array" }, then: { type: "array", items: item }, else: source },
  },
};

/** Returns the JSON Schema of a list of people. */
export function peopleSchema(description: string): JsonObject {
  return { type: "array", items: item, description };
}

/** A source in a config: exactly one of the keys beside `except`. */
export interface SourceBlock extends JsonObject {
  readonly group?: string;
  readonly team?: string;
  readonly queue?: string;
  readonly reportsOf?: string;
  readonly skillGroup?: string;
  readonly except?: PeopleBlock;
}

/** A list of people in a config. Lists within lists, as YAML anchors make them, are part of it. */
export type PeopleBlock = readonly (string | SourceBlock | PeopleBlock)[];
