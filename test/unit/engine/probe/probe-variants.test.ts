/** A probe of the emulator finds the variant that it plays: each value of each variant, for the token of a user and of a client. */
import { afterEach, describe, expect, it } from "vitest";
import type { Behavior } from "../../../../src/core/behavior/behavior.js";
import type { BehaviorKey } from "../../../../src/core/behavior/unknowns.js";
import { unknowns } from "../../../../src/core/behavior/unknowns.js";
import type { EmulatorOptions } from "../../../../src/emulator/index.js";
import { variantValues } from "../../../../src/emulator/variant-values.js";
import type { Variants } from "../../../../src/emulator/variants.js";
import { defaultVariants } from "../../../../src/emulator/variants.js";
import { probeWorld } from "./probe-world.js";

/** The variants that no request of a probe shows, each with the reason. */
const unobserved = {
  refusedError: "the same refusal as that of any operation that is not allowed",
  messagesById: "needs a second room",
  reactionsOff: "the org's settings would change",
  putSettings: "the org's settings would change",
  patchSettings: "settings would change",
  resetOwnSettings: "own settings would change",
  defaultOwnSettings: "own settings would change",
  grantLimit: "doctor reads the permissions of the token",
  userStates: "needs departed users",
  tooManyUsers: "a service without the limit would create a room",
  ownersJoin: "the room has one user, who is in it",
  uniqueSubjects: "a second room would be created",
  subjectLimit: "needs many requests",
  descriptionLimit: "needs many requests",
  messageLimit: "needs many requests",
  oneOnOneHistory: "texts of others would be read",
  extraMembers: "unknown members are ignored",
  searchMaxCriteria: "needs many requests",
  searchMaxValues: "needs many requests",
  othersMessages: "needs messages of others",
  outsiders: "the token's user would leave the room, perhaps for good",
  removeOwner: "the token's user would leave the room, perhaps for good",
  chatsPage: "all pages are read",
  inactiveInChat: "needs departed users",
  addDepartedParticipant: "needs departed users in the room",
  removeDepartedParticipant: "needs departed users in the room",
  removeDepartedOwner: "needs departed users in the room",
  departedInRoster: "needs departed users in the room",
  departedInBody: "needs departed users",
  departedSettings: "needs departed users",
  inactiveMembers: "needs departed users",
  deletedMembers: "needs departed users",
  totals: "needs departed users",
  queueMembers: "needs a queue",
  nextUris: "all pages are read",
  nameFilter: "needs teams and queues",
  nameCase: "needs teams and queues",
  searchStates: "needs departed users",
  maxIds: "needs hundreds of ids",
  stateAny: "needs departed users",
  readInactive: "needs departed users",
} as const satisfies Partial<Record<keyof Variants, string>>;

type Observed = Exclude<keyof Variants, keyof typeof unobserved>;

/** The value of a key for a value of a variant; undefined: the key stays unknown. */
type Expected<V> = (
  value: V,
) => Readonly<Partial<Record<BehaviorKey, Behavior[string]["value"] | undefined>>>;

const status = (value: number): string =>
  ({ 204: "204", 404: "404 not.found", 409: "409 request.conflict" })[value] ?? "";
const identityReads = unknowns.userTokenReads.calls;

/** For the token of a user. `needsUser` and its error are those of a client's token. */
const expected: { readonly [K in Observed]: Expected<Variants[K]> } = {
  needsUser: () => ({ clientTokenReads: undefined }),
  needsUserError: () => ({ needsUserError: undefined }),
  refused: (value) => ({
    userTokenReads: identityReads.filter((name) => !(value as readonly string[]).includes(name)),
  }),
  reactionsRead: (value) => ({ reactionsRead: value }),
  reactionsPut: (value) => ({ reactionsPut: value }),
  patchRoomLists: (value) => ({ pinsInPatch: value }),
  emptyLists: (value) => ({ emptyPinsInPatch: value }),
  addPresentParticipant: (value) => ({ addPresentParticipant: status(value) }),
  removeAbsentParticipant: (value) => ({ removeAbsentParticipant: status(value) }),
  addPresentPin: (value) => ({ addPresentPin: status(value) }),
  removeAbsentPin: (value) => ({ removeAbsentPin: status(value) }),
  tooManyPins: (value) => ({ tooManyPins: value }),
  creatorJoins: (value) => ({ creatorJoins: value, creatorFindsRoom: value, participantFindsRoom: true }),
  creatorOwns: (value) => ({ creatorOwns: value }),
  historyOverMax: (value) => ({ historyOverMax: value, historyMax: value === "refuse" ? 500 : 101 }),
  historyDefault: (value) => ({ historyDefault: Math.min(value, 101) }),
  historyMax: (value) => ({ historyMax: Math.min(value, 101) }),
  editSeconds: (value) => ({ editOldMessage: value === 0 ? "200" : "409 request.conflict" }),
  historyCursor: (value) => ({ historyCursor: value }),
  historyWindow: (value) => ({ historyWindow: value }),
  chatRooms: () => ({ creatorFindsRoom: true }),
  roomsWithoutMessages: (value) => ({
    creatorFindsRoom: value === "list",
    participantFindsRoom: value === "list",
  }),
  historyOrder: (value) => ({ historyOrder: value }),
  lagMs: (value) => ({ readLagMs: value === 0 ? 100 : 1_000 }),
  lagReads: (value) => ({ readLagMs: value === 0 ? 100 : 500 }),
  missingInBatch: (value) => ({ missingInBatch: value }),
  absentOneOnOne: (value) => ({ absentOneOnOne: String(value) }),
  jidCase: (value) => ({ jidCase: value }),
  replies: (value) => ({ replies: value }),
  texts: (value) => ({ texts: value }),
  emptyResults: (value) => ({ emptyResults: value }),
  searchCase: (value) => ({ searchCase: value }),
  unknownIds: (value) => ({ unknownIds: value }),
  // The probe sends the values that it has read: they are those before and after.
  settingsResponse: (value) => ({
    ownSettingsResponse: value === "empty" || value === "none" ? "partial" : "whole",
  }),
};

/** Other values than the default, where the table of variants lists none. */
const samples: Readonly<Record<string, readonly unknown[]>> = {
  needsUser: [["getUsersChatsMe"]],
  refused: [["getOrganizationsMe", "getTokensMe"]],
  needsUserError: ["403 not.authorized"],
  tooManyPins: ["409 request.conflict", "400 invalid.value"],
  lagMs: [700],
  lagReads: [3],
  historyDefault: [5, 25, 200],
  historyMax: [5, 50],
  editSeconds: [60],
};

/** The variants that only a slow probe observes. */
const slow: readonly string[] = ["historyOverMax", "historyDefault", "historyMax", "editSeconds"];

function valuesOf(name: keyof Variants): readonly unknown[] {
  const values = variantValues[name];
  const listed: readonly unknown[] =
    values === "true or false" ? [true, false] : typeof values === "string" ? (samples[name] ?? []) : values;
  return [defaultVariants[name], ...listed.filter((value) => value !== defaultVariants[name])];
}

const jane = "jane.doe@example.com";

let close: () => Promise<void>;
afterEach(() => close());

async function findings(
  options: EmulatorOptions,
  { user = jane, isSlow = false }: { readonly user?: string | null; readonly isSlow?: boolean } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const world = await probeWorld(user === null ? options : { ...options, actingUser: user });
  close = world.close;
  const { left, failure } = await world.probe({ isSlow });
  expect([left, failure]).toEqual([[], undefined]);
  expect(world.unshownWrites()).toEqual([]);
  const first = world.state;
  // A second probe finds the same, and changes nothing.
  const again = await world.probe({ isSlow });
  expect([...again.outcomes.values()].filter(({ type }) => type !== "same" && type !== "not-asked")).toEqual(
    [],
  );
  expect({ ...world.state, serial: 0 }).toEqual({ ...first, serial: 0 });
  const rooms = world.emulator.dump().rooms.filter(({ subject }) => subject === "chatform probe");
  for (const room of rooms) expect([room.messages ?? [], room.pins ?? []]).toEqual([[], []]);
  return Object.fromEntries(
    Object.entries(world.state?.behavior ?? {}).map(([key, { value }]) => [key, value]),
  );
}

const cases = (Object.keys(expected) as readonly Observed[]).flatMap((name) =>
  valuesOf(name).map((value) => [name, value] as const),
);

describe("the token of a user", () => {
  it("knows every variant", () => {
    close = () => Promise.resolve();
    expect([...Object.keys(unobserved), ...Object.keys(expected)].toSorted()).toEqual(
      Object.keys(variantValues).toSorted(),
    );
  });

  it.each(cases)("finds %s: %j", async (name, value) => {
    const found = await findings({ variants: { [name]: value } }, { isSlow: slow.includes(name) });
    for (const [key, finding] of Object.entries(expected[name](value as never)))
      expect(found[key]).toEqual(finding);
  });
});

describe("the token of a client", () => {
  it.each(
    cases.filter(([name]) => ["needsUser", "needsUserError", "emptyResults", "unknownIds"].includes(name)),
  )("finds %s: %j", async (name, value) => {
    const variants = { [name]: value } as Partial<Variants>;
    const found = await findings({ variants }, { user: null });
    const { needsUser, needsUserError, emptyResults, unknownIds } = { ...defaultVariants, ...variants };
    const refused: readonly string[] = ["getUsersMe", ...needsUser];
    expect(found).toEqual({
      clientTokenReads: identityReads.filter((read) => !refused.includes(read)),
      ...(refused.includes("getChatsUsersMeSettings") ? { needsUserError } : {}),
      emptyResults,
      unknownIds,
    });
  });
});
