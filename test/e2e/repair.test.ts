/** `chatform repair` against the emulator: it puts back and follows what was reviewed, and nothing else. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runBin } from "../helpers/bin.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const desired = `
version: 1
settings: { reactionsEnabled: true }
userSettings:
  agents:
    members: [{ group: Agents }]
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  bridge:
    subject: Bridge
    participants: [jane.doe@example.com, { group: Agents }]
    messages:
      rules: { body: Read the runbook first }
  open:
    subject: Open
    participants: [sam@example.com]
    participantsMode: additive
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  emulator.change({
    change: "group",
    set: { name: "Agents", members: ["sam@example.com", "kim@example.com"] },
  });
  cwd = await mkdtemp(join(tmpdir(), "chatform-repair-"));
  await write(desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const write = (text: string): Promise<void> => writeFile(join(cwd, "chatform.yaml"), text);
const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
const repair = (...args: readonly string[]): Promise<RunResult> => run("repair", "--auto-approve", ...args);

async function apply(): Promise<void> {
  const { code, stdout, stderr } = await run("apply", "--auto-approve");
  expect(`${code}${stderr}`, stdout).toBe("0");
  emulator.clearRequests();
}

const roomJid = (subject: string): string =>
  emulator.dump().rooms.find((one) => one.subject === subject)?.jid ?? "";

/** The participants of a room by the first part of their e-mails, sorted. */
function participants(subject: string): readonly string[] {
  const { rooms, users } = emulator.dump();
  const ids = rooms.find((one) => one.subject === subject)?.participants ?? [];
  const names = new Map(users.map(({ id, email }) => [id, email.replace(/@.*/, "")]));
  return ids.map((id) => names.get(id) ?? id).sort();
}

const writes = (): readonly string[] =>
  emulator.requests
    .filter(({ method, operation }) => method !== "GET" && !(operation ?? "").endsWith("Search"))
    .map(({ operation }) => operation ?? "");

const members = (change: { readonly add?: readonly string[]; readonly remove?: readonly string[] }): void => {
  emulator.change({ change: "members", of: "group", name: "Agents", ...change });
};

/** The origin of each user's settings in the state, by the first part of the user's e-mail. */
async function recordedOrigins(): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(join(cwd, "chatform.state.json"), "utf8");
  const { resources } = JSON.parse(text) as { resources: Record<string, { from?: unknown }> };
  return Object.fromEntries(
    Object.entries(resources).flatMap(([address, { from }]) =>
      from === undefined ? [] : [[address.replace(/^users\/|@.*/g, ""), from]],
    ),
  );
}

describe("repair", () => {
  it("is refused before the first apply", async () => {
    expect(await repair()).toMatchObject({
      code: 1,
      // An empty state may be a lost one: an apply would create every room again.
      stderr: expect.stringMatching(/nothing-applied[^]*check\s+that\s+its\s+state\s+is\s+read/) as string,
    });
    expect(emulator.requests).toEqual([]);
  });

  it("has nothing to do after an apply", async () => {
    await apply();
    const { code, stdout, stderr } = await repair();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("\nNothing to repair.\n");
    expect(stdout).not.toContain("No changes");
    expect(writes()).toEqual([]);
  });

  it("leaves a resource alone that cannot be read, and repairs the others", async () => {
    await write(desired.replace("subject: Open", "subject: Open\n    protect: true"));
    await apply();
    emulator.change({ change: "room", room: roomJid("Open"), set: { subject: "Theirs" } });
    members({ add: ["lee@example.com"], remove: ["kim@example.com"] });
    const path = `/api/v2/chats/rooms/${encodeURIComponent(roomJid("Bridge"))}`;
    const action = { type: "status", status: 403, code: "not.authorized" } as const;
    emulator.addFaults({ match: { method: "GET", path }, times: "always", action });
    const { code, stdout, stderr } = await repair("--report", "json=r.json", "--report", "junit=r.xml");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout).toContain("Left to you:\n  ? rooms/bridge: could not be read. getChatsRoom");
    expect(stdout).toContain(
      "Repair complete: 2 updated, 1 removed from the state. 2 calls. Left to you: 2.",
    );
    expect(roomJid("Open")).not.toBe("");
    expect(participants("Bridge")).toEqual(["jane.doe", "kim", "sam"]);
    const place = { file: "chatform.yaml", line: 9, column: 3 };
    const { chatform } = JSON.parse(await readFile(join(cwd, "r.json"), "utf8")) as {
      readonly chatform: unknown;
    };
    expect(chatform).toMatchObject({
      left: [
        { address: "rooms/bridge", reason: "unread", code: "read-failed", place },
        { address: "rooms/bridge/messages/rules", reason: "unread", text: expect.any(String) as string },
      ],
    });
    expect(await readFile(join(cwd, "r.xml"), "utf8")).toContain('failures="2" errors="0"');
    const { code: audited, stdout: audit } = await run("drift");
    expect(audited).toBe(2);
    expect(audit).toContain("Drift is unknown: 2 resources could not be compared.");
  });

  it("puts back what was changed outside, follows the sources, and says why", async () => {
    await apply();
    emulator.change({ change: "room", room: roomJid("Bridge"), set: { subject: "Theirs" } });
    emulator.change({ change: "join", room: roomJid("Theirs"), user: "ana@example.com" });
    members({ add: ["lee@example.com"], remove: ["kim@example.com"] });
    const audit = await run("drift");
    expect(audit.code).toBe(2);
    const { code, stdout, stderr } = await repair();
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    for (const reason of ["joined group Agents", "left group Agents", "added outside", '"Theirs"']) {
      expect(audit.stdout).toContain(reason);
      expect(stdout).toContain(reason);
    }
    expect(participants("Bridge")).toEqual(["jane.doe", "lee", "sam"]);
    expect((await run("drift")).code).toBe(0);
    expect((await run("plan", "--detailed-exitcode")).code).toBe(0);
  });

  it("gives a user who joined the settings of the source, and forgets one who left", async () => {
    await apply();
    members({ add: ["lee@example.com"], remove: ["kim@example.com"] });
    expect((await repair("--target", "users/**")).code).toBe(0);
    expect(writes()).toEqual(["patchChatsUserSettings"]);
    const state = JSON.parse(await readFile(join(cwd, "chatform.state.json"), "utf8")) as {
      resources: Record<string, unknown>;
    };
    const users = Object.keys(state.resources).filter((address) => address.startsWith("users/"));
    expect(users).toEqual(["users/lee@example.com/settings", "users/sam@example.com/settings"]);
  });

  it("follows a person who joined a source whose users an earlier source gives too", async () => {
    emulator.change({ change: "queue", set: { name: "Sales", members: ["sam@example.com"] } });
    emulator.change({ change: "team", set: { name: "Night", members: ["sam@example.com"] } });
    await write(desired.replace("{ group: Agents }", "{ queue: Sales }, { team: Night }"));
    await apply();
    emulator.change({ change: "members", of: "team", name: "Night", add: ["lee@example.com"] });
    emulator.change({ change: "members", of: "queue", name: "Sales", remove: ["sam@example.com"] });
    const audit = await run("drift");
    expect(audit.stdout).toContain("joined team Night");
    expect(audit.stdout).not.toContain("sam@example.com");
    const { code, stdout } = await repair();
    expect(code, stdout).toBe(0);
    expect(writes()).toEqual(["patchChatsUserSettings"]);
    const origin = { entry: "userSettings/agents", source: "team:Night" };
    expect(await recordedOrigins()).toEqual({ lee: origin, sam: origin });
    for (const options of [[], ["--no-refresh"]])
      expect(await run("plan", "--detailed-exitcode", ...options)).toMatchObject({ code: 0, stderr: "" });
  });

  it("is not needed for who gives a user their settings: an apply records it, and shows no change", async () => {
    emulator.change({ change: "team", set: { name: "Night", members: ["sam@example.com"] } });
    await write(desired.replace("[{ group: Agents }]", "[{ group: Agents }, { team: Night }]"));
    await apply();
    const origin = { entry: "userSettings/agents", source: "group:Agents" };
    expect(await recordedOrigins()).toEqual({ kim: origin, sam: { ...origin, others: ["team:Night"] } });
    members({ remove: ["sam@example.com"] });
    const { code, stdout } = await run("apply", "--auto-approve", "--target", "users/**");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("No changes.");
    expect(writes()).toEqual([]);
    expect(await recordedOrigins()).toEqual({ kim: origin, sam: { ...origin, source: "team:Night" } });
  });

  it("applies no edit of the settings for many users", async () => {
    const everyone =
      "  everyone: { members: [{ group: Agents }], settings: { mobile: { notifications: { when: OnlyWhenInactive } } } }";
    const both = desired
      .replace("members: [{ group: Agents }]", "members: [{ group: Agents }]\n    except: [kim@example.com]")
      .replace("rooms:\n", `${everyone}\nrooms:\n`);
    await write(both);
    await apply();
    // Each edit gives sam or kim the settings of another block, which others have by the last apply.
    for (const edited of [
      both.replace("members: [{ group: Agents }]\n", "members: [lee@example.com]\n"),
      both.replace("except: [kim@example.com]", "except: []"),
      both.replace(`${everyone}\n`, "").replace("userSettings:\n", `userSettings:\n${everyone}\n`),
    ]) {
      await write(edited);
      expect((await repair()).code).toBe(0);
      expect(writes()).toEqual([]);
    }
  });

  it("leaves pending changes, conflicts and missing resources to a person", async () => {
    await apply();
    const { jid, messages = [] } = emulator.dump().rooms.find(({ subject }) => subject === "Bridge") ?? {};
    emulator.change({ change: "room", room: jid ?? "", set: { subject: "Theirs" } });
    emulator.change({ change: "delete-message", message: messages[0]?.id ?? "" });
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    await write(
      desired
        .replace("subject: Bridge", "subject: Ours")
        .replace("participants: [jane", "description: New\n    participants: [ana@example.com, jane"),
    );
    const { code, stdout } = await repair("--report", "json=repair.json");
    expect(code, stdout).toBe(2);
    expect(writes()).toEqual(["patchChatsSettings"]);
    const report = JSON.parse(await readFile(join(cwd, "repair.json"), "utf8")) as {
      chatform: { left: readonly { address: string; reason: string; paths: readonly string[] }[] };
    };
    expect(
      report.chatform.left.map(({ address, reason, paths }) => [address, reason, ...paths].join(" ")),
    ).toEqual([
      "rooms/bridge conflict /subject",
      "rooms/bridge pending /description /participants",
      "rooms/bridge/messages/rules missing",
    ]);
    expect(stdout).toContain("Left to you:");
    // The conflict stays one: the repair did not record anybody's value.
    expect((await repair()).code).toBe(2);
    expect(writes()).toEqual(["patchChatsSettings"]);
  });

  it("is done where only the config changed", async () => {
    await apply();
    await write(desired.replace("subject: Bridge", "subject: Ours"));
    const { code, stdout } = await repair();
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("rooms/bridge: subject changed in the config");
    expect(writes()).toEqual([]);
  });

  it("leaves a room to a person whose source was renamed, and goes on", async () => {
    await apply();
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    await write(desired.replaceAll("group: Agents", "group: Renamed"));
    const audit = await run("drift", "--exclude", "settings");
    expect(audit.code, audit.stdout).toBe(2);
    expect(audit.stdout.replaceAll(/\s+/g, " ")).toContain(
      "group Renamed in participants is unknown or ambiguous in Genesys Cloud",
    );
    const { code, stdout } = await repair();
    expect(code, stdout).toBe(2);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "group Renamed in participants is unknown or ambiguous in Genesys Cloud",
    );
    expect(writes()).toEqual(["patchChatsSettings"]);
  });

  it("repairs one class only", async () => {
    await apply();
    emulator.change({ change: "join", room: roomJid("Bridge"), user: "ana@example.com" });
    members({ add: ["lee@example.com"] });
    const followed = await repair("--only", "membership", "--target", "rooms/**");
    expect(followed.code, followed.stdout + followed.stderr).toBe(0);
    expect(participants("Bridge")).toEqual(["ana", "jane.doe", "kim", "lee", "sam"]);
    expect((await repair("--only", "drift", "--target", "rooms/**")).code).toBe(0);
    expect(participants("Bridge")).toEqual(["jane.doe", "kim", "lee", "sam"]);
  });

  it("leaves a room alone whose source gives nobody any more", async () => {
    await apply();
    members({ remove: ["sam@example.com", "kim@example.com"] });
    const { code, stdout } = await repair();
    expect(code).toBe(2);
    expect(stdout).toContain("the group Agents has no active members now");
    expect(writes()).toEqual([]);
    expect(participants("Bridge")).toEqual(["jane.doe", "kim", "sam"]);
  });

  it("tells undeclared people in additive rooms, and leaves them", async () => {
    await apply();
    emulator.change({ change: "join", room: roomJid("Open"), user: "ana@example.com" });
    const { code, stdout } = await run("drift");
    expect(code).toBe(0);
    expect(stdout).toContain("undeclared-participant");
    expect((await repair()).code).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("follows departed users out of rooms", async () => {
    await apply();
    emulator.change({ change: "user", user: "kim@example.com", set: { state: "inactive" } });
    expect((await run("drift")).stdout).toContain("departed");
    const { code, stdout } = await repair();
    expect(code, stdout).toBe(0);
    expect(participants("Bridge")).toEqual(["jane.doe", "sam"]);
    expect((await run("drift")).code).toBe(0);
  });

  it("respects the limit of deletions, and needs a yes", async () => {
    await write(`${desired}safety: { maxDeletions: 0 }\n`);
    await apply();
    members({ remove: ["kim@example.com"] });
    const refused = await repair();
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("too-many-deletions");
    expect((await run("repair", "--allow-deletions", "1")).stderr).toContain("--auto-approve");
    expect(writes()).toEqual([]);
    expect((await repair("--allow-deletions", "1")).code).toBe(0);
  });

  it("says in every report what is left to a person", async () => {
    await apply();
    members({ remove: ["sam@example.com", "kim@example.com"] });
    emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    await write(desired.replace("subject: Open", "subject: Ours"));
    const formats = ["html", "markdown", "junit", "text"];
    const reports = formats.flatMap((name) => ["--report", `${name}=repair.${name}`]);
    const { code, stdout } = await repair("--target", "rooms/*", "--target", "settings", ...reports);
    expect(code, stdout).toBe(2);
    const [html = "", markdown = "", junit = "", text = ""] = await Promise.all(
      formats.map((name) => readFile(join(cwd, `repair.${name}`), "utf8")),
    );
    const headline = "Repair complete: 1 of 1 change done. Left to you: 2.";
    expect(html).toContain(`<h1>${headline}</h1>`);
    expect(html).toContain('<header class="attention">');
    expect(markdown).toContain(`## ⚠️ chatform: ${headline}`);
    for (const report of [html, markdown]) {
      expect(report).toContain("Left to you");
      expect(report).toContain("chatform apply --allow-empty-source group:Agents");
    }
    expect(junit).toContain('failures="1" errors="0" skipped="1"');
    expect(junit).toMatch(/<testcase classname="emptied" name="rooms\/bridge"[^>]*><failure /);
    expect(junit).toMatch(/<testcase classname="pending" name="rooms\/open"[^>]*><skipped /);
    for (const part of [
      "  ? rooms/open: subject changed in the config",
      "chatform apply --allow-empty-source group:Agents",
      "Repair complete: 1 updated. 1 call. Left to you: 2.",
    ]) {
      expect(stdout).toContain(part);
      expect(text).toContain(part);
    }
  });

  it("tells who departed, as plan and drift do, and names what a command needs", async () => {
    const declared = desired.replace("[sam@example.com]", "[sam@example.com, kim@example.com]");
    await write(declared);
    await apply();
    emulator.change({ change: "user", user: "kim@example.com", set: { state: "deleted" } });
    const { messages = [] } = emulator.dump().rooms.find(({ subject }) => subject === "Bridge") ?? {};
    emulator.change({ change: "delete-message", message: messages[0]?.id ?? "" });
    const found =
      "Warning: Departed users in the config (departed-user)\n  chatform.yaml:16:37  kim@example.com";
    const outputs = [await run("plan"), await run("drift"), await repair()];
    for (const { stdout } of outputs) expect(stdout).toContain(found);
    const left = "  ? rooms/bridge/messages/rules: no longer exists (chatform.yaml:13)\n";
    for (const { stdout } of outputs.slice(1)) {
      expect(stdout).toContain(left);
      expect(stdout).toContain("chatform state forget rooms/bridge/messages/rules");
    }
    const audit = await run("drift");
    expect(audit.stdout).toContain(left);
    expect(audit.stdout).not.toContain("chatform repair");
  });

  it("shows drift in two parts, and each person with a reason and a place", async () => {
    await write(
      desired
        .replace("    messages:", "      - { reportsOf: jane.doe@example.com }\n    messages:")
        .replace(
          "participants: [jane.doe@example.com, { group: Agents }]",
          "participants:\n      - jane.doe@example.com\n      - { group: Agents }",
        ),
    );
    emulator.change({ change: "user", user: "ana@example.com", set: { manager: "jane.doe@example.com" } });
    await apply();
    emulator.change({ change: "join", room: roomJid("Bridge"), user: "max@example.com" });
    emulator.change({ change: "user", user: "ana@example.com", set: { manager: "sam@example.com" } });
    members({ add: ["lee@example.com"] });
    expect((await run("drift", "--target", "rooms/*")).stdout).toContain(
      `Changed outside chatform since the last apply:
  ~ rooms/bridge
      ~ participants: +1, 4 unchanged
          + max@example.com  added outside

People joined (+) or left (-) sources since the last apply:
  ~ rooms/bridge
      ~ participants: +1, -1, 4 unchanged
          - ana@example.com
              no longer reports to jane.doe@example.com (chatform.yaml:14)
          + lee@example.com  joined group Agents (chatform.yaml:13)
`,
    );
  });

  it("says which group a user left whose settings come from another entry now", async () => {
    const entry = (name: string, group: string, when: string): string =>
      `  ${name}: { members: [{ group: ${group} }], settings: { mobile: { notifications: { when: ${when} } } } }\n`;
    emulator.change({
      ...{ change: "group", set: { name: "Leads", members: ["kim@example.com", "ana@example.com"] } },
    });
    await write(
      `version: 1\nuserSettings:\n${entry("one", "Leads", "Always")}${entry("two", "Agents", "OnlyWhenInactive")}`,
    );
    await apply();
    emulator.change({
      ...{ change: "members", of: "group", name: "Leads" },
      ...{ remove: ["kim@example.com"], add: ["sam@example.com"] },
    });
    for (const args of [["drift"], ["plan"], ["repair", "--auto-approve"]]) {
      const { stdout } = await run(...args);
      expect(stdout, args[0]).toContain("# left group Leads; now from userSettings/two (chatform.yaml:3)");
      expect(stdout, args[0]).toContain("# joined group Leads (chatform.yaml:3)");
    }
    expect((await run("drift")).code).toBe(0);
  });

  it("needs --auto-approve at an interval", async () => {
    expect(await run("repair", "--every", "1m")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--auto-approve") as string,
    });
  });

  it("is a command of the program", async () => {
    const help = await runBin(["repair", "--help"], { cwd, env: emulator.env });
    expect(help.stdout).toContain("--only CLASS");
  });
});
