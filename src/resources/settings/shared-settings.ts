import type { JsonObject } from "../../core/json/json.js";
import type { SharedRole } from "../../core/kind/kind.js";
import { ownNames } from "../names.js";
import { duplicatePeople, peopleIds } from "../people/people-list.js";
import type { PeopleBlock } from "../people/people-schema.js";
import { peopleSchema } from "../people/people-schema.js";

/** The same settings for many users. */
export interface SharedSettingsBlock extends JsonObject {
  readonly members: PeopleBlock;
  readonly except?: PeopleBlock;
  readonly settings: JsonObject;
}

/**
 * Returns the role of blocks that declare settings for many users.
 *
 * @param block the name of the blocks at the top level: `userSettings`
 * @param kind the name of the kind
 * @param settings JSON Schema of the settings
 */
export function sharedSettings(
  block: string,
  kind: string,
  settings: JsonObject,
): SharedRole<SharedSettingsBlock> {
  const at = `${block}/*`;
  return {
    at,
    schema: [
      {
        at,
        names: ownNames,
        description:
          "The same chat settings for many users, under a name of your choice. A user's own block goes first, then the entries in their order.",
        properties: {
          members: peopleSchema("The users who get the settings: people and sources."),
          except: peopleSchema("Members who do not get the settings: people and sources."),
          settings,
        },
        required: ["members", "settings"],
      },
    ],
    check: ({ members, except }, { pointer }) => [
      ...duplicatePeople(members, `${pointer}/members`),
      ...duplicatePeople(except, `${pointer}/except`),
    ],
    expand: ({ members, except = [], settings: attributes }, { names: [name = ""], pointer }) => ({
      entry: `${block}/${name}`,
      kind,
      members: peopleIds(members),
      except: peopleIds(except),
      attributes,
      pointer,
    }),
  };
}
