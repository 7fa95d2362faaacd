/** `chatform api`: each of the 34 operations, against the emulator. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operations } from "../../src/api/operations/operations.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { responseSchemas } from "../helpers/response-schemas.js";
import { runCli } from "../helpers/run.js";
import type { RunResult } from "../helpers/run.js";
import type { ChatOperation } from "./sdk-world.js";

interface Ids {
  readonly roomJid: string;
  readonly userId: string;
  /** A message in the room, and one in the 1on1. */
  readonly roomMessage: string;
  readonly userMessage: string;
  readonly threadId: string;
  readonly participantJid: string;
}

/** Arguments behind `api OPERATION`. */
const calls: Readonly<Record<ChatOperation, (ids: Ids) => readonly string[]>> = {
  getChatsSettings: () => [],
  putChatsSettings: () => ["--body", '{"messageRetentionPeriodDays":3650,"reactionsEnabled":true}'],
  patchChatsSettings: () => ["--body", '{"reactionsEnabled":true}'],
  getChatsUserSettings: ({ userId }) => ["--param", `userId=${userId}`],
  patchChatsUserSettings: ({ userId }) => [
    ...["--param", `userId=${userId}`],
    ...["--body", '{"mobile":{"notifications":{"when":"Always"}}}'],
  ],
  getChatsUsersMeSettings: () => [],
  patchChatsUsersMeSettings: () => ["--body", '{"muted":true,"mobile":{"notifications":{"when":"Always"}}}'],
  postChatsUsersMeSettings: () => ["--body", '{"muted":true}'],
  deleteChatsUsersMeSettings: () => [],
  postChatsRooms: () => ["--body", '{"subject":"New"}'],
  getChatsRoom: ({ roomJid }) => ["--param", `roomJid=${roomJid}`],
  patchChatsRoom: ({ roomJid }) => ["--param", `roomJid=${roomJid}`, "--body", '{"subject":"Renamed"}'],
  getChatsRoomParticipants: ({ roomJid }) => ["--param", `roomJid=${roomJid}`],
  getChatsRoomParticipant: ({ roomJid, participantJid }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--param", `participantJid=${participantJid}`],
  ],
  postChatsRoomParticipant: ({ roomJid, userId }) => [
    "--param",
    `roomJid=${roomJid}`,
    "--param",
    `userId=${userId}`,
  ],
  deleteChatsRoomParticipant: ({ roomJid, userId }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--param", `userId=${userId}`],
  ],
  getChatsRoomMessages: ({ roomJid }) => ["--param", `roomJid=${roomJid}`, "--query", "limit=5"],
  getChatsRoomMessage: ({ roomJid, roomMessage }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--param", `messageIds=${roomMessage}`],
  ],
  postChatsRoomMessages: ({ roomJid }) => ["--param", `roomJid=${roomJid}`, "--body", '{"message":"Hi"}'],
  patchChatsRoomMessage: ({ roomJid, roomMessage }) => [
    ...["--param", `roomJid=${roomJid}`, "--param", `messageId=${roomMessage}`],
    ...["--body", '{"message":"Hi again"}'],
  ],
  deleteChatsRoomMessage: ({ roomJid, roomMessage }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--param", `messageId=${roomMessage}`],
  ],
  postChatsRoomMessagesPins: ({ roomJid, roomMessage }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--body", JSON.stringify({ pinnedMessageIds: [roomMessage] })],
  ],
  deleteChatsRoomMessagesPin: ({ roomJid, roomMessage }) => [
    ...["--param", `roomJid=${roomJid}`],
    ...["--param", `pinnedMessageId=${roomMessage}`],
  ],
  getChatsUser: ({ userId }) => ["--param", `userId=${userId}`],
  getChatsUserMessages: ({ userId }) => ["--param", `userId=${userId}`, "--query", "limit=5"],
  getChatsUserMessage: ({ userId, userMessage }) => [
    ...["--param", `userId=${userId}`],
    ...["--param", `messageIds=${userMessage}`],
  ],
  postChatsUserMessages: ({ userId }) => ["--param", `userId=${userId}`, "--body", '{"message":"Hi"}'],
  patchChatsUserMessage: ({ userId, userMessage }) => [
    ...["--param", `userId=${userId}`, "--param", `messageId=${userMessage}`],
    ...["--body", '{"message":"Hi again"}'],
  ],
  deleteChatsUserMessage: ({ userId, userMessage }) => [
    ...["--param", `userId=${userId}`],
    ...["--param", `messageId=${userMessage}`],
  ],
  postChatsUserMessagesPins: ({ userId, userMessage }) => [
    ...["--param", `userId=${userId}`],
    ...["--body", JSON.stringify({ pinnedMessageIds: [userMessage] })],
  ],
  deleteChatsUserMessagesPin: ({ userId, userMessage }) => [
    ...["--param", `userId=${userId}`],
    ...["--param", `pinnedMessageId=${userMessage}`],
  ],
  getChatsThreadMessages: ({ threadId }) => ["--param", `threadId=${threadId}`],
  getChatsMessage: ({ roomMessage }) => ["--param", `messageId=${roomMessage}`],
  putChatsMessageReactions: ({ roomMessage }) => [
    "--param",
    `messageId=${roomMessage}`,
    "--body",
    '{"reactions":["👍"]}',
  ],
};

/** Operations that need something to be so before. */
const before: Partial<Record<ChatOperation, ChatOperation>> = {
  deleteChatsRoomMessagesPin: "postChatsRoomMessagesPins",
  deleteChatsUserMessagesPin: "postChatsUserMessagesPins",
};

const ajv = new Ajv2020({ strict: false });

/** Returns whether a response has what chatform relies on. */
function isResponse(model: keyof typeof responseSchemas, body: unknown): boolean {
  return ajv.validate(responseSchemas[model], body);
}

describe("chatform api", () => {
  let emulator: Emulator;
  let cwd: string;
  let ids: Ids;

  const api = (...args: readonly string[]): Promise<RunResult> =>
    runCli(["api", ...args], { cwd, env: emulator.env });
  const response = async (...args: readonly string[]): Promise<Record<string, string>> => {
    const { code, stdout, stderr } = await api(...args);
    expect(`${code} ${stderr}`).toBe("0 ");
    return JSON.parse(stdout) as Record<string, string>;
  };

  beforeEach(async () => {
    emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
    cwd = await mkdtemp(join(tmpdir(), "chatform-api-"));
    const userId = emulator.userId("sam@example.com");
    const roomJid =
      emulator
        .dump()
        .rooms.map(({ jid }) => jid ?? "")
        .find((jid) => jid.startsWith("adhoc-")) ?? "";
    const room = ["--param", `roomJid=${roomJid}`];
    const { id: roomMessage } = await response(
      "postChatsRoomMessages",
      ...room,
      "--body",
      '{"message":"First"}',
    );
    const { id: userMessage } = await response(
      "postChatsUserMessages",
      "--param",
      `userId=${userId}`,
      "--body",
      '{"message":"First"}',
    );
    const { thread } = await response("getChatsMessage", "--param", `messageId=${roomMessage!}`);
    const { participants } = await response("getChatsRoomParticipants", ...room);
    const participantJid = (participants as unknown as readonly { jid: string }[])[0]!.jid;
    ids = {
      roomJid,
      userId,
      roomMessage: roomMessage!,
      userMessage: userMessage!,
      threadId: (thread as unknown as { id: string }).id,
      participantJid,
    };
  });
  afterEach(async () => {
    await emulator.close();
    await rm(cwd, { recursive: true });
  });

  it.each(Object.keys(calls) as ChatOperation[])("%s", async (name) => {
    const first = before[name];
    if (first !== undefined) expect((await api(first, ...calls[first](ids))).code).toBe(0);
    emulator.clearRequests();
    const { code, stdout, stderr } = await api(name, ...calls[name](ids));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(emulator.requests.map(({ operation, status }) => ({ operation, status }))).toEqual([
      { operation: name, status: operations[name].success },
    ]);
    if (operations[name].response === null) expect(stdout).toBe("");
    else expect(isResponse(operations[name].response, JSON.parse(stdout))).toBe(true);
  });

  it("reports missing, unknown and invalid parameters without a request", async () => {
    emulator.clearRequests();
    const problems: readonly (readonly [readonly string[], string])[] = [
      [["getChatsRooom"], "getChatsRoom"],
      [["getChatsRoom"], "roomJid"],
      [["getChatsRoom", "--param", "roomJit=x"], "roomJid"],
      [["getChatsRoomMessages", "--param", "roomJid=x", "--query", "limt=1"], "limit"],
      [["postChatsRooms"], "CreateRoomRequest"],
      [["postChatsRooms", "--body", "{"], "JSON"],
      [["postChatsRooms", "--body", '{"subjet":"x"}'], "subjet"],
      [["getChatsSettings", "--body", "{}"], "--body"],
      [["getChatsRoom", "--param", "roomJid=.."], "roomJid"],
    ];
    for (const [args, word] of problems) {
      const { code, stderr } = await api(...args);
      expect(code).toBe(1);
      expect(stderr).toContain(word);
      expect(stderr).not.toMatch(/^\s+at |bug in chatform/m);
    }
    expect(emulator.requests).toEqual([]);
  });

  it("reads the body from a file and from stdin", async () => {
    await writeFile(join(cwd, "body.json"), '{"subject":"From a file"}');
    expect((await api("postChatsRooms", "--body", "@body.json")).code).toBe(0);
    const piped = await runCli(["api", "postChatsRooms", "--body", "-"], {
      cwd,
      env: emulator.env,
      stdin: '{"subject":"From stdin"}',
    });
    expect(piped.code).toBe(0);
    const subjects = emulator.dump().rooms.map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(["From a file", "From stdin"]));
  });

  it("fails with the service's code, and names the missing permission", async () => {
    const token = emulator.token({ user: "jane.doe@example.com", permissions: ["directory:user:view"] });
    const env = { ...emulator.env, GENESYSCLOUD_ACCESS_TOKEN: token };
    const { code, stderr } = await runCli(["api", "getChatsSettings"], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toContain("missing.any.permissions");
    expect(stderr).toContain("chat:setting:view");
    expect(stderr).not.toContain(token);
  });

  it("lists every operation", async () => {
    const { stdout } = await api("--list");
    for (const name of Object.keys(operations)) expect(stdout).toContain(`${name}: `);
  });
});
