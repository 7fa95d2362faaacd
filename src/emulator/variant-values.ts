import { isOperation } from "../api/operations/operations.js";
import { nearest } from "../core/nearest.js";
import { SeedError } from "./org/load.js";
import type { StatusAndCode } from "./input/refusal.js";
import type { Variants } from "./variants.js";

/** The values that a variant takes: a list of them, or their form. */
type Values<T> = [T] extends [boolean]
  ? "true or false"
  : [T] extends [readonly string[]]
    ? "operations"
    : number extends T
      ? "a number"
      : StatusAndCode extends T
        ? "STATUS CODE"
        : readonly T[];

const noChangeStatuses = [204, 404, 409] as const;

/** The values of every variant. */
export const variantValues: { readonly [K in keyof Variants]: Values<Variants[K]> } = {
  needsUser: "operations",
  needsUserError: "STATUS CODE",
  refused: "operations",
  refusedError: "STATUS CODE",
  reactionsRead: ["unicode", "shortname", "name"],
  reactionsPut: ["replace", "add"],
  reactionsOff: ["refuse", "allow"],
  putSettings: ["reset", "keep"],
  patchSettings: ["keep", "reset"],
  settingsResponse: ["whole", "sent", "old", "empty", "none", "echo"],
  resetOwnSettings: [204, 404, 405],
  defaultOwnSettings: [200, 404],
  patchRoomLists: ["replace", "merge"],
  emptyLists: ["clear", "ignore"],
  addPresentParticipant: noChangeStatuses,
  removeAbsentParticipant: noChangeStatuses,
  addPresentPin: noChangeStatuses,
  removeAbsentPin: noChangeStatuses,
  tooManyPins: "STATUS CODE",
  tooManyUsers: "STATUS CODE",
  creatorJoins: "true or false",
  creatorOwns: "true or false",
  ownersJoin: "true or false",
  uniqueSubjects: "true or false",
  subjectLimit: "a number",
  descriptionLimit: "a number",
  messageLimit: "a number",
  historyDefault: "a number",
  historyMax: "a number",
  historyOverMax: ["clamp", "refuse"],
  historyCursor: ["id", "timestamp", "either"],
  historyWindow: ["newest", "oldest"],
  historyOrder: ["newest-first", "oldest-first"],
  lagMs: "a number",
  lagReads: "a number",
  missingInBatch: ["404", "omit"],
  messagesById: ["own", "any"],
  absentOneOnOne: [200, 404],
  jidCase: ["exact", "any"],
  oneOnOneHistory: ["listing", "single", "array"],
  replies: ["same-thread", "parent-thread"],
  texts: ["keep", "trim", "crlf", "decompose"],
  extraMembers: "true or false",
  emptyResults: ["empty", "omit", "404"],
  searchMaxCriteria: "a number",
  searchMaxValues: "a number",
  othersMessages: ["refuse", "allow"],
  editSeconds: "a number",
  outsiders: ["allow", "refuse"],
  removeOwner: ["allow", "refuse"],
  chatRooms: ["details", "jid"],
  roomsWithoutMessages: ["list", "omit"],
  chatsPage: "a number",
  inactiveInChat: ["active", "departed"],
  addDepartedParticipant: [404, 400, 409],
  removeDepartedParticipant: [204, 404, 403, 400, 409],
  removeDepartedOwner: [204, 404, 403, 400, 409],
  departedInRoster: ["removed", "kept"],
  departedInBody: [404, 400, 409],
  departedSettings: [404, 200],
  inactiveMembers: ["list", "omit"],
  deletedMembers: ["omit", "list"],
  totals: ["listed", "all"],
  queueMembers: ["users", "references"],
  nextUris: "true or false",
  nameFilter: ["documented", "exact", "prefix"],
  nameCase: ["any", "exact"],
  searchStates: ["not-deleted", "active", "any"],
  searchCase: ["any", "exact"],
  maxIds: "a number",
  unknownIds: ["omit", "404"],
  stateAny: ["any", "active"],
  readInactive: [200, 404],
  userStates: ["shown", "hidden"],
  grantLimit: ["none", "condition", "division"],
};

/**
 * Reads variants from a command line: `name=value`. Operations are separated by commas.
 *
 * @throws SeedError for an unknown name, or a value that the variant does not take; the message lists the values
 */
export function parseVariants(given: readonly string[]): Partial<Variants> {
  return Object.fromEntries(given.map(parseVariant));
}

function parseVariant(given: string): readonly [string, unknown] {
  const equals = given.indexOf("=");
  const name = equals < 0 ? given : given.slice(0, equals);
  const text = equals < 0 ? "" : given.slice(equals + 1);
  if (!Object.hasOwn(variantValues, name)) {
    const names = Object.keys(variantValues);
    const close = nearest(name, names);
    throw new SeedError(
      `Unknown variant: ${name}. ${close === undefined ? `Known variants: ${names.join(", ")}.` : `Did you mean ${close}?`}`,
    );
  }
  const values = variantValues[name as keyof Variants];
  const value = parseValue(values, text);
  if (value === undefined) {
    const wanted = typeof values === "string" ? values : `one of ${values.join(", ")}`;
    throw new SeedError(`The variant ${name} takes ${wanted}, not ${JSON.stringify(text)}.`);
  }
  return [name, value];
}

/** Parses a value; undefined where the variant does not take it. */
function parseValue(values: (typeof variantValues)[keyof Variants], text: string): unknown {
  switch (values) {
    case "true or false":
      return text === "true" || text === "false" ? text === "true" : undefined;
    case "a number":
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    case "STATUS CODE":
      return /^[45]\d\d \S+$/.test(text) ? text : undefined;
    case "operations": {
      const names = text === "" ? [] : text.split(",");
      return names.every(isOperation) ? names : undefined;
    }
    default:
      return values.find((value) => String(value) === text);
  }
}
