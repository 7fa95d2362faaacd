/** JSON Schema of a name that the config gives to a room or a message. */
export const ownNames = {
  type: "string",
  title: "name",
  description:
    "A name of your choice: lower case letters, digits, dots, underscores, hyphens. Chat users never see it.",
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
  description: "The jid of an existing room to adopt: adhoc-…@conference.ORG.orgspan.com",
  pattern: "^[A-Za-z0-9-]+@conference\\.[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+$",
} as const;

/** The participant limit of a room, and the limit of users in one POST of a room. Source: the vendor's help and SDK. */
export const maxParticipants = 1000;
export const maxUsersInCreate = 25;
/** The pin limit of a room or a 1on1. Source: the vendor's help. */
export const maxPins = 5;
