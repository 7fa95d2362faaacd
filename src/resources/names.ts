/**
 * An id of Genesys Cloud. A user is written as an e-mail (it holds an `@`) or as such an id.
 */
const id = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
const email =
  "[^\\s@/\\\\?#<>\"'(),;:]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+";

/** JSON Schema of a user's e-mail or id. */
export const userNames = {
  type: "string",
  title: "user",
  description: "A user: an e-mail address or a user id.",
  pattern: `^(?:${email}|${id})$`,
} as const;

/** JSON Schema of a name that files give to a room or a message. */
export const ownNames = {
  type: "string",
  title: "name",
  description:
    "A name of your own: lower case letters, digits, dot, underscore, hyphen. Chat users never see it.",
  pattern: "^[a-z0-9][a-z0-9._-]*$",
  maxLength: 100,
} as const;

/**
 * JSON Schema of a room's jid. Source: the vendor's SDK examples: `adhoc-UUID@conference.ORG.orgspan.com` for ad hoc
 * rooms, 24 hexadecimal digits in front of the `@` for group rooms.
 */
export const roomJid = {
  type: "string",
  title: "jid",
  description: "The jid of an existing room, which is taken over: adhoc-…@conference.ORG.orgspan.com",
  pattern: "^[A-Za-z0-9-]+@conference\\.[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+$",
} as const;

/** JSON Schema of somebody who is in a room: a user, or all members of a group. */
export const member = {
  title: "participant",
  anyOf: [
    userNames,
    {
      type: "object",
      title: "group",
      required: ["group"],
      additionalProperties: false,
      properties: {
        group: { type: "string", minLength: 1, description: "A group's name: all its members." },
      },
    },
  ],
} as const;

/** The most participants a room holds, and the most users in one POST of a room. Source: the vendor's help and SDK. */
export const maxParticipants = 1000;
export const maxUsersInCreate = 25;
/** The most pins of a room or a 1on1. Source: the vendor's help. */
export const maxPins = 5;
