import fc from "fast-check";
import { expect, it } from "vitest";
import { isOperation, operation, operations, buildPath } from "../../../src/api/operations/operations.js";
import type { Json } from "../../../src/core/json/json.js";
import { defaultVariants, parseSeed, startEmulator, variantValues } from "../../../src/emulator/index.js";
import type { Emulator, Variants } from "../../../src/emulator/index.js";
import { Desk, member } from "./desk.js";

const names = Object.keys(operations).filter(isOperation);
const pickFrom = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** A variant with any of its values; those without a list keep their default. */
const someVariants: fc.Arbitrary<Partial<Variants>> = fc
  .array(
    pickFrom(Object.keys(variantValues) as (keyof Variants)[]).chain((name) => {
      const values: unknown = variantValues[name];
      const choices: readonly unknown[] = Array.isArray(values)
        ? values
        : values === "true or false"
          ? [true, false]
          : [defaultVariants[name]];
      return pickFrom(choices).map((value) => [name, value] as const);
    }),
    { maxLength: 12 },
  )
  .map((entries) => Object.fromEntries(entries));

/** Values for every parameter and member: some that exist, some that don't, some in a wrong form. */
const seeds = fc.record({
  name: pickFrom(names),
  room: fc.nat(3),
  user: fc.nat(3),
  message: fc.nat(6),
  list: fc.array(fc.nat(6), { maxLength: 7 }),
  text: pickFrom(["a", "", "👍", ":tada:", "x".repeat(300)]),
  days: pickFrom([9, 10, 365, 3651]),
  when: pickFrom(["Always", "OnlyWhenInactive", "Never"]),
  on: fc.boolean(),
});
type Seeds = typeof seeds extends fc.Arbitrary<infer T> ? T : never;

const absent = "00000000-0000-4000-8000-00000000dead";

function bodies(given: Seeds, pick: (at: number) => string, user: string): Record<string, Json> {
  const { text, days, when, on, list } = given;
  const mobile = { notifications: { when } };
  return {
    ChatSettings: { messageRetentionPeriodDays: days, reactionsEnabled: on },
    ChatUserSettings: { mobile },
    UserSettingsForChat: on ? { muted: true, mobile } : { mobile },
    CreateRoomRequest: { subject: text, userIds: [user, user] },
    RoomUpdateRequest: on ? { ownerIds: [user], subject: text } : { pinnedMessageIds: list.map(pick) },
    SendMessageBody: { message: text, mentions: on ? [user] : [] },
    ChatReactionUpdate: { reactions: [text] },
    PinnedMessageRequest: { pinnedMessageIds: list.map(pick) },
    UserSearchRequest: { query: [{ type: "EXACT", fields: ["email"], value: text }] },
    GroupSearchRequest: { query: [{ type: "EXACT", fields: ["name"], value: text }] },
  };
}

async function ask(desk: Desk, given: Seeds): Promise<void> {
  const org = desk.emulator.dump();
  const messages = [...org.rooms, ...org.oneOnOnes].flatMap((chat) => chat.messages ?? []);
  const message = (at: number) => messages[at]?.id ?? absent;
  const user = org.users[given.user]?.id ?? absent;
  const params = {
    roomJid: org.rooms[given.room]?.jid ?? "nowhere",
    userId: user,
    participantJid: org.users[given.user]?.jabberId ?? "nobody",
    messageId: message(given.message),
    messageIds: [message(given.message), message(0)].join(","),
    pinnedMessageId: message(given.message),
    threadId: messages[given.message]?.threadId ?? absent,
    groupId: org.groups[given.room]?.id ?? absent,
    teamId: org.teams[given.room]?.id ?? absent,
    queueId: org.queues[given.room]?.id ?? absent,
    skillGroupId: org.skillGroups[given.room]?.id ?? absent,
  };
  const { method, body: model, success } = operation(given.name);
  const reply = await desk.send(method, buildPath(given.name, params), {
    ...(model !== null && { body: bodies(given, message, user)[model] ?? {} }),
  });
  if (reply.status >= 400) {
    expect(reply.status).toBeLessThan(500);
    expect(member(reply.body, "contextId")).toBe(reply.headers.get("inin-correlation-id"));
    // A read changes nothing, and neither does what is refused.
    expect(desk.emulator.dump()).toEqual(org);
  } else expect(reply.status).toBe(success);
  if (method === "GET") expect(desk.emulator.dump()).toEqual(org);
}

it(
  "never fails, changes nothing when it refuses a request, and can always be dumped and loaded",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(someVariants, fc.array(seeds, { maxLength: 25 }), async (variants, asked) => {
        const emulators: Emulator[] = [];
        const begin = async (options: Parameters<typeof startEmulator>[0]) => {
          const emulator = await startEmulator(options);
          emulators.push(emulator);
          return emulator;
        };
        try {
          const desk = new Desk(await begin({ variants, now: () => 1_700_000_000_000 }));
          desk.emulator.change({ change: "user", set: { email: "ana@example.com", state: "inactive" } });
          desk.emulator.change({ change: "recreate-user", user: "bo@example.com" });
          for (const given of asked) await ask(desk, given);
          const seed = desk.emulator.dump();
          expect((await begin({ seed: parseSeed(seed) })).dump()).toEqual(seed);
        } finally {
          await Promise.all(emulators.map((emulator) => emulator.close()));
        }
      }),
      { numRuns: 40 },
    );
  },
);
