/** Follows docs/migrating.md exactly, from a script that created a room, sent messages and pinned one. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import { docsBlocks } from "../helpers/docs.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const documented = {
  jid: "adhoc-a087eaf3-00b3-49c9-8706-c4ebfb2627fd@conference.Example-Org.orgspan.com",
  message: "7d3888ca-113f-4716-a505-c581c461310c",
};

let cwd = "";
let emulator: Emulator;
let states: StateServer;
let made = documented;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-migrating-"));
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  states = await startStateServer({ manner: "terraform" });
  made = await script();
});
afterEach(async () => {
  await states.close();
  await emulator.close();
  await rm(cwd, { recursive: true });
});

/** The script from before chatform. */
async function script(): Promise<typeof documented> {
  const headers = {
    authorization: `Bearer ${emulator.env["GENESYSCLOUD_ACCESS_TOKEN"] ?? ""}`,
    "content-type": "application/json",
  };
  const post = async (path: string, body: object): Promise<Record<string, string>> => {
    const url = `${emulator.url}/api/v2/chats/rooms${path}`;
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.ok).toBe(true);
    const text = await response.text();
    return (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const { jid = "" } = await post("", { subject: "Shift handover" });
  const room = `/${encodeURIComponent(jid)}/messages`;
  const { id: message = "" } = await post(room, { message: "Write down what is open" });
  await post(`${room}/pins`, { pinnedMessageIds: [message] });
  return { jid, message };
}

/** With the ids of this org in place of those in the docs. */
const here = (text: string): string =>
  text.replaceAll(documented.jid, made.jid).replaceAll(documented.message, made.message);

/** Runs the lines of a block; the last one's result. */
async function run(block: string): Promise<RunResult> {
  let last: RunResult | undefined;
  for (const line of here(block).trim().split("\n")) {
    const [command = "", file] = line.split(" > ");
    last = await runCli(command.split(" ").slice(1), { cwd, env: emulator.env });
    expect(last.code, `${line}\n${last.stderr}`).toBe(0);
    if (file !== undefined) await writeFile(join(cwd, file), last.stdout);
  }
  return last!;
}

const read = (): Promise<string> => readFile(join(cwd, "chatform.yaml"), "utf8");
const write = (text: string): Promise<void> => writeFile(join(cwd, "chatform.yaml"), text);
/** The chat API's writes since the script's three. */
const writes = (): readonly string[] =>
  emulator.requests
    .flatMap(({ method, operation = "" }) =>
      method === "GET" || !operation.includes("Chats") ? [] : operation,
    )
    .slice(3);

function getRoom(yaml: string): { readonly messages?: object } {
  const { rooms } = parse(yaml) as { readonly rooms: Readonly<Record<string, object>> };
  return rooms["shift-handover"] ?? {};
}

describe("docs/migrating.md", () => {
  it("leads from scripts to config files, without a write before the first change and without duplicates", async () => {
    const [stock = "", over = "", show = "", importing = "", drift = "", change = "", ...rest] =
      await docsBlocks("migrating.md", "sh");
    const [exported = "", declared = ""] = (await docsBlocks("migrating.md", "yaml")).map(here);

    await run(stock);
    expect(getRoom(await read())).toEqual(getRoom(exported));
    const taken = await run(over);
    expect(taken.stdout).toContain("rooms/shift-handover: adopted");

    expect((await run(show)).stdout).toContain(made.message);
    const { messages } = getRoom(declared);
    await write((await read()).replace(/pinnedMessageIds:.*\n.*/, `messages: ${JSON.stringify(messages)}`));
    expect(getRoom(await read())).toEqual(getRoom(declared));
    const early = await runCli(["plan"], { cwd, env: emulator.env });
    expect(early.stdout).toContain("+ rooms/shift-handover/messages/open will be created");
    expect((await run(importing)).stdout).toContain("No changes.");
    await run(drift);
    expect(writes()).toEqual([]);

    await write((await read()).replace("what is open", "what is still open"));
    await run(change);
    expect(writes()).toEqual(["patchChatsRoomMessage"]);

    const [ci = "", carry = "", back = ""] = rest;
    const before = await read();
    await run(ci);
    expect(await read()).toBe(before);
    await write(`${before}state: { backend: http, address: "${states.url}" }\n`);
    await run(carry);
    expect(states.content).toContain(made.message);
    await write(`version: 1\nstate: { backend: http, address: "${states.url}" }\n`);
    await run(back);
    expect(writes()).toHaveLength(1);
    expect(emulator.dump().rooms.map(({ jid }) => jid)).toContain(made.jid);
  });
});
