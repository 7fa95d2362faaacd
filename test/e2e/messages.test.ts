/** Rooms full of messages: threads, mentions, reactions, pins, 1on1s; and what people do to them by hand. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator, Variants } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const people = ["sam", "ana", "bo", "kim", "lee"].map((name) => `${name}@example.com`);
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

function message(at: number, prefix: string): string {
  const parts = [
    `body: "${prefix} ${at}"`,
    ...(at < 5 ? ["pinned: true"] : []),
    ...(at % 3 === 1 ? [`replyTo: m${at - 1}`] : []),
    ...(at % 4 === 0 ? [`mentions: [${people[at % people.length]!}]`] : []),
    ...(at % 5 === 0 ? [`reactions: ["👍", "🎉"]`] : []),
  ];
  return `      m${at}: { ${parts.join(", ")} }`;
}

const desired = [
  "version: 1",
  "settings: { reactionsEnabled: true }",
  "users:",
  ...people.flatMap((email) => [
    `  ${email}:`,
    "    messages:",
    ...range(2).map((at) => message(at, "Hello")),
  ]),
  "rooms:",
  ...range(20).flatMap((room) => [
    `  room-${room}:`,
    `    subject: Room ${room}`,
    "    participants: [jane.doe@example.com, sam@example.com]",
    "    messages:",
    ...range(10).map((at) => message(at, `Room ${room}, message`)),
  ]),
].join("\n");

describe.each<Partial<Variants>>([
  {},
  { reactionsRead: "shortname", missingInBatch: "omit", replies: "parent-thread", extraMembers: true },
  {
    reactionsRead: "name",
    oneOnOneHistory: "array",
    removeAbsentPin: 409,
    addPresentPin: 409,
    creatorJoins: false,
  },
])("messages with %o", { timeout: 120_000 }, (variants) => {
  let emulator: Emulator;
  let cwd: string;

  const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
  const apply = async (): Promise<void> => {
    const { code, stdout, stderr } = await run("apply", "--auto-approve");
    expect(`${code}${stderr}`, stdout).toBe("0");
  };
  const writes = (): readonly string[] =>
    emulator.requests
      .filter(({ method, operation }) => method !== "GET" && operation !== "postUsersSearch")
      .map(({ operation }) => operation ?? "");

  beforeEach(async () => {
    emulator = await startEmulator({ actingUser: "jane.doe@example.com", variants });
    cwd = await mkdtemp(join(tmpdir(), "chatform-messages-"));
    await writeFile(join(cwd, "chatform.yaml"), desired);
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  it("match their declaration after one apply; manual changes are shown and repaired", async () => {
    await apply();
    // A room each, a message each, one POST of pins each, reactions of every fifth message.
    const posted = writes();
    expect(posted.filter((name) => name === "postChatsRooms")).toHaveLength(20);
    expect(posted.filter((name) => name === "postChatsRoomMessages")).toHaveLength(200);
    expect(posted.filter((name) => name === "postChatsRoomMessagesPins")).toHaveLength(20);
    expect(posted.filter((name) => name === "postChatsUserMessages")).toHaveLength(10);
    expect(posted.filter((name) => name === "putChatsMessageReactions")).toHaveLength(45);
    emulator.clearRequests();
    const empty = await run("plan", "--detailed-exitcode");
    expect(`${empty.code}${empty.stderr}`, empty.stdout).toBe("0");
    // Messages are read in batches: one read a room.
    const reads = emulator.requests.map(({ operation }) => operation);
    expect(reads.filter((name) => name === "getChatsRoomMessage")).toHaveLength(20);
    // A room and its pins share a read.
    expect(reads.filter((name) => name === "getChatsRoom")).toHaveLength(20);

    const rooms = new Map(emulator.dump().rooms.map((room) => [room.subject, room]));
    const findMessage = (room: number, body: string): { jid: string; id: string } => {
      const found = rooms.get(`Room ${room}`)!;
      return { jid: found.jid!, id: found.messages!.find((one) => one.body === body)!.id! };
    };
    const env = emulator.env;
    const api = async (...args: readonly string[]): Promise<void> => {
      expect((await runCli(["api", ...args], { cwd, env })).code).toBe(0);
    };
    const edited = findMessage(0, "Room 0, message 1");
    const deleted = findMessage(1, "Room 1, message 9");
    const unpinned = findMessage(2, "Room 2, message 2");
    const reacted = findMessage(3, "Room 3, message 0");
    const inRoom = ({ jid, id }: { jid: string; id: string }, name: string): readonly string[] => [
      ...["--param", `roomJid=${jid}`],
      ...["--param", `${name}=${id}`],
    ];
    await api(
      "patchChatsRoomMessage",
      ...inRoom(edited, "messageId"),
      "--body",
      '{"message":"Edited by hand"}',
    );
    await api("deleteChatsRoomMessage", ...inRoom(deleted, "messageId"));
    await api("deleteChatsRoomMessagesPin", ...inRoom(unpinned, "pinnedMessageId"));
    await api(
      "putChatsMessageReactions",
      "--param",
      `messageId=${reacted.id}`,
      "--body",
      '{"reactions":["🎉"]}',
    );

    const shown = await run("plan", "--detailed-exitcode");
    expect(shown.code).toBe(2);
    expect(shown.stdout).toContain("rooms/room-0/messages/m1");
    expect(shown.stdout).toContain("Edited by hand");
    expect(shown.stdout).toMatch(/\+ rooms\/room-1\/messages\/m9/);
    expect(shown.stdout).toContain("rooms/room-2/pins");
    expect(shown.stdout).toContain("rooms/room-3/messages/m0");
    expect(shown.stdout).toContain("changed outside");
    emulator.clearRequests();
    await apply();
    const repairs = [
      "patchChatsRoomMessage",
      "postChatsRoomMessages",
      "postChatsRoomMessagesPins",
      "putChatsMessageReactions",
    ];
    expect([...writes()].sort()).toEqual(repairs);
    const again = await run("plan", "--detailed-exitcode");
    expect(`${again.code}${again.stderr}`, again.stdout).toBe("0");
  });
});
