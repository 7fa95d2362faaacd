import fc from "fast-check";
import type { JsonObject } from "../../src/core/json/json.js";
import type { OrgChange, Variants } from "../../src/emulator/index.js";
import type { World } from "../helpers/world.js";

/** The users of the emulator's default org; the first is the token's user. */
const people = [
  "jane.doe@example.com",
  "sam@example.com",
  "ana@example.com",
  "bo@example.com",
  "kim@example.com",
  "zoe@example.com",
] as const;

const person = fc.constantFrom(...people);
const some = fc.uniqueArray(person, { maxLength: people.length });
const mobile = fc.record({
  notifications: fc.record({ when: fc.constantFrom("Always", "OnlyWhenInactive") }),
});

const settings = fc
  .record(
    // Reactions stay enabled: where they are not, no message can have any.
    { messageRetentionPeriodDays: fc.integer({ min: 10, max: 3650 }), reactionsEnabled: fc.constant(true) },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

const me = fc
  .record(
    { muted: fc.boolean(), mentionsOnly: fc.boolean(), notifyOnReactions: fc.boolean(), mobile },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

const message = fc.record(
  {
    body: fc.constantFrom("Hello", "Read the runbook", "two\nlines", "costs $${5}", " ñ👍 "),
    mentions: some,
    reactions: fc.uniqueArray(fc.constantFrom("👍", "❤️", "🎉", "😀"), { maxLength: 3 }),
    pinned: fc.boolean(),
  },
  { requiredKeys: ["body"] },
);

/** The names contain the replies: a message cannot be moved to another thread. */
const messages = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "re.a", "re.b", "re.re.a"), message), {
    selector: ([name]) => name,
    maxLength: 5,
  })
  .map((list) => {
    const names: readonly string[] = list.map(([name]) => name);
    const given = list.filter(([name]) => ancestors(name).every((one) => names.includes(one)));
    return Object.fromEntries(
      given.map(([name, block]) => {
        const [replyTo] = ancestors(name);
        return [name, replyTo === undefined ? block : { ...block, replyTo }];
      }),
    );
  });

function ancestors(name: string): readonly string[] {
  if (!name.startsWith("re.")) return [];
  const parent = name.slice("re.".length);
  return [parent, ...ancestors(parent)];
}

const noPins = fc.constant<readonly string[]>([]);

const room = fc.record(
  {
    subject: fc.constantFrom("Lobby", "Incident bridge", "Front desk", "Ünïcode"),
    description: fc.constantFrom("", "What it is for", "Several\nlines\n"),
    owners: some,
    participants: fc
      .tuple(some, fc.boolean())
      .map(([users, group]) => (group ? [...users, { group: "Support" }] : users)),
    participantsMode: fc.constantFrom("exact", "additive"),
    onRemove: fc.constantFrom("retain", "empty"),
    messages,
    pinnedMessageIds: noPins,
  },
  { requiredKeys: ["subject"] },
);

const user = fc
  .record({ settings: fc.record({ mobile }), messages, pinnedMessageIds: noPins }, { requiredKeys: [] })
  .filter((one) => Object.keys(one).length > 0);

/** A config. */
export const document: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      settings,
      me: me.map((own) => ({ settings: own })),
      users: fc.dictionary(fc.constantFrom("sam@example.com", "Zoe@example.com"), user, { maxKeys: 2 }),
      rooms: fc.dictionary(fc.constantFrom("lobby", "bridge", "x.y_z-0"), room, { maxKeys: 3 }),
    },
    { requiredKeys: [] },
  )
  .map((one) => one as unknown as JsonObject);

const already = fc.constantFrom(204 as const, 404 as const, 409 as const);

/** Both values of undocumented behaviour, except those that make some configs impossible. */
export const variants: fc.Arbitrary<Partial<Variants>> = fc
  .record(
    {
      reactionsRead: fc.constantFrom("unicode", "shortname", "name"),
      reactionsPut: fc.constantFrom("replace", "add"),
      reactionsOff: fc.constantFrom("refuse", "allow"),
      putSettings: fc.constantFrom("reset", "keep"),
      patchSettings: fc.constantFrom("keep", "reset"),
      patchRoomLists: fc.constantFrom("replace", "merge"),
      emptyLists: fc.constantFrom("clear", "ignore"),
      addPresentParticipant: already,
      removeAbsentParticipant: already,
      addPresentPin: already,
      removeAbsentPin: already,
      creatorJoins: fc.boolean(),
      creatorOwns: fc.boolean(),
      ownersJoin: fc.boolean(),
      historyDefault: fc.integer({ min: 1, max: 100 }),
      historyOrder: fc.constantFrom("newest-first", "oldest-first"),
      missingInBatch: fc.constantFrom("404", "omit"),
      messagesById: fc.constantFrom("own", "any"),
      oneOnOneHistory: fc.constantFrom("listing", "single", "array"),
      replies: fc.constantFrom("same-thread", "parent-thread"),
      texts: fc.constantFrom("keep", "trim", "crlf", "decompose"),
      extraMembers: fc.boolean(),
      emptyResults: fc.constantFrom("empty", "omit"),
      searchMaxCriteria: fc.integer({ min: 1, max: 3 }),
      searchMaxValues: fc.integer({ min: 1, max: 3 }),
      chatsPage: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  )
  .map((one) => one as Partial<Variants>);

/** A service that is slow to show what was written. */
export const lag: fc.Arbitrary<Partial<Variants>> = fc.oneof(
  fc.record({ lagMs: fc.integer({ min: 0, max: 5000 }) }),
  fc.record({ lagReads: fc.integer({ min: 0, max: 3 }) }),
);

/** Makes a change outside chatform to a recorded object; undefined when no such object is recorded. */
export type Edit = (world: World) => OrgChange | undefined;

/** Returns the live id of a recorded object of a kind. */
function recorded({ state }: World, kinds: readonly string[], pick: number): string | undefined {
  const ids = Object.values(state?.resources ?? {}).flatMap(({ kind, id }) =>
    kinds.includes(kind) ? [id] : [],
  );
  return ids[pick % Math.max(1, ids.length)];
}

function ofOne(
  kinds: readonly string[],
  change: fc.Arbitrary<(id: string) => OrgChange>,
): fc.Arbitrary<Edit> {
  return fc.tuple(change, fc.nat({ max: 20 })).map(([make, pick]) =>
    Object.assign(
      (world: World) => {
        const id = recorded(world, kinds, pick);
        return id === undefined ? undefined : make(id);
      },
      { [fc.toStringMethod]: () => `${JSON.stringify(make("ID"))} of #${pick} of ${kinds.join()}` },
    ),
  );
}

const inRoom = ofOne(
  ["rooms/*"],
  fc.oneof(
    fc
      .tuple(fc.constantFrom("join" as const, "leave" as const), person)
      .map(([change, name]) => (room: string) => ({ change, room, user: name })),
    fc.constantFrom("Other", "").map((text) => (room: string) => ({
      change: "room" as const,
      room,
      set: { subject: `Renamed ${text}`, description: text },
    })),
    some.map((owners) => (room: string) => ({ change: "room" as const, room, set: { owners } })),
    fc.constant((room: string) => ({ change: "room" as const, room, set: { pins: [] } })),
    fc.constant((room: string) => ({ change: "remove-room" as const, room })),
  ),
);

const onMessage = ofOne(
  ["rooms/*/messages/*", "users/*/messages/*"],
  fc.oneof(
    fc.constant((message: string) => ({ change: "edit-message" as const, message, body: "Moved" })),
    fc.constant((message: string) => ({ change: "delete-message" as const, message })),
    fc
      .tuple(fc.constantFrom(people[0], people[1]), fc.constantFrom(["👍"], ["😀", "🎉"], []))
      .map(([who, reactions]) => (message: string) => ({
        change: "react" as const,
        message,
        user: who,
        reactions,
      })),
  ),
);

const onSettings: fc.Arbitrary<Edit> = fc
  .oneof(
    fc
      .integer({ min: 10, max: 3650 })
      .map((days) => ({ change: "settings" as const, set: { messageRetentionPeriodDays: days } })),
    fc.tuple(person, mobile, fc.boolean()).map(([user, phone, muted]) => ({
      change: "user-settings" as const,
      user,
      set: { mobile: phone, muted },
    })),
  )
  .map((change) =>
    Object.assign(() => change as OrgChange, { [fc.toStringMethod]: () => JSON.stringify(change) }),
  );

export const edit: fc.Arbitrary<Edit> = fc.oneof(inRoom, onMessage, onSettings);
