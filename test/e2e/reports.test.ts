/** `plan` against the emulator, with a report in every format. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { readJunit } from "../helpers/junit.js";

const desired = `
version: 1
settings: { messageRetentionPeriodDays: 30 }
rooms:
  incident-bridge: { subject: Incident bridge }
`;

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-reports-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function chatform(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(args, {
    cwd,
    env: emulator.env,
    stdin: () => new PassThrough(),
    stdout,
    stderr,
    now: () => new Date(),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
  });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? "";
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const plan = (...args: readonly string[]) => chatform("plan", ...args);

const report = (name: string): Promise<string> => readFile(join(cwd, name), "utf8");

describe("plan --report", () => {
  it("writes every format in one run, beside the output", async () => {
    const files = ["text=p.txt", "json=p.json", "markdown=p.md", "junit=p.xml", "html=p.html"];
    const { code, stdout, stderr } = await plan(...files.flatMap((spec) => ["--report", spec]));
    expect([code, stderr]).toEqual([0, ""]);
    const made = /\nConfig: chatform\.yaml\nMade: (\S+Z) by chatform \S+\n$/.exec(await report("p.txt"));
    expect(await report("p.txt")).toBe(stdout + (made?.[0] ?? ""));
    const json = JSON.parse(await report("p.json")) as { chatform: { checksum: string } };
    expect(json).toMatchObject({
      chatform: { counts: { create: 1, update: 1, delete: 0, removedPeople: 0 } },
      report: { config: ["chatform.yaml"] },
    });
    expect(json).not.toHaveProperty("report.run");
    expect((await chatform("show", "p.json")).stdout).toContain(json.chatform.checksum);
    const checksum = /Checksum: (\w+)/.exec(stdout)?.[1] ?? "none";
    expect(json.chatform.checksum).toBe(checksum);
    expect(await report("p.md")).toContain("Data is destroyed permanently");
    expect(await report("p.xml")).toContain('tests="2" failures="0"');
    expect(await report("p.xml")).toContain('<property name="Config" value="chatform.yaml"/>');
    expect(await report("p.html")).toContain(checksum);
  });

  it.each([
    ["markdwon=x", "Did you mean markdown?"],
    ["pdf=x", "text, json, markdown, junit, html"],
    ["markdown", "FORMAT=FILE"],
    ["markdown=", "FORMAT=FILE"],
  ])("refuses %s before the first request", async (spec, message) => {
    const { code, stdout, stderr } = await plan("--report", spec);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(emulator.requests).toHaveLength(0);
  });

  it("reports a path that cannot be written", async () => {
    const { code, stderr } = await plan("--report", "text=no/such/folder/p.txt");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: Report can't be written: no\/such\/folder\/p\.txt: no such file or folder\./,
    );
  });
});

describe("apply --report", () => {
  const files = ["text=a.txt", "json=a.json", "markdown=a.md", "junit=a.xml", "html=a.html"];
  const apply = (...args: readonly string[]) =>
    chatform("apply", "--auto-approve", ...files.flatMap((spec) => ["--report", spec]), ...args);
  interface Applied {
    readonly errored: boolean;
    readonly chatform: {
      readonly complete: boolean;
      readonly results: readonly { readonly address: string; readonly status: string }[];
    };
  }
  const statuses = async (): Promise<readonly string[]> => {
    const { chatform: own } = JSON.parse(await report("a.json")) as Applied;
    return own.results.map(({ address, status }) => `${address} ${status}`);
  };

  it("shows the outcome of each change", async () => {
    emulator.addFaults({
      match: { operation: "postChatsRooms" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    const { code } = await apply("--allow-data-loss");
    expect(code).toBe(1);
    expect(await statuses()).toEqual(["rooms/incident-bridge failed", "settings done"]);
    expect((JSON.parse(await report("a.json")) as Applied).errored).toBe(true);
    expect(await report("a.txt")).toContain("Apply incomplete");
    expect(await report("a.md")).toContain("❌");
    expect(await report("a.xml")).toContain('tests="2" failures="1"');
    expect(await report("a.html")).toContain("not.authorized");
    // Resembles a plan, but is not one.
    expect(await chatform("apply", "a.json")).toMatchObject({ code: 1, stdout: "" });
  });

  it("shows why nothing was applied", async () => {
    await writeFile(
      join(cwd, "chatform.yaml"),
      desired.replace("subject: Incident bridge", "subject: Incident bridge, protect: true"),
    );
    expect((await chatform("apply", "--auto-approve", "--allow-data-loss")).code).toBe(0);
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\n");
    const { code, stdout } = await apply("--json");
    expect(code).toBe(1);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.at(-1)).toMatchObject({ type: "diagnostic", diagnostic: { code: "protected" } });
    expect(await report("a.xml")).toContain('failures="1"');
  });
});

describe("reports of a run that stopped", () => {
  const names = ["text=s.txt", "json=s.json", "markdown=s.md", "junit=s.xml", "html=s.html"];
  const reports = names.flatMap((spec) => ["--report", spec]);
  const apply = ["apply", "--auto-approve", "--allow-data-loss"];

  it.each([["plan"], apply, ["drift"], ["destroy", "--auto-approve"]])(
    "show the problems of the config: %s",
    async (...command) => {
      await writeFile(join(cwd, "chatform.yaml"), "version: 1\nroms: {}\n");
      const { code, stderr } = await chatform(...command, ...reports);
      expect(code).toBe(1);
      expect(stderr).toContain("unknown-key");
      expect((await report("s.txt")).startsWith(stderr)).toBe(true);
      expect((await report("s.txt")).slice(stderr.length)).toMatch(/^\nMade: \S+ by chatform \S+\n$/);
      expect(JSON.parse(await report("s.json"))).toMatchObject({
        valid: false,
        diagnostics: [{ code: "unknown-key" }],
      });
      expect(await report("s.md")).toMatch(/^## ❌ chatform: \w+ failed: 1 error\.\n/);
      const { cases } = await readJunit(await report("s.xml"));
      expect(cases).toMatchObject([{ classname: "unknown-key", file: "chatform.yaml", line: 2 }]);
      expect(await report("s.html")).toContain("<h2>Errors</h2>");
    },
  );

  it("replace an earlier report with the refusal of the service", async () => {
    expect((await chatform(...apply, ...reports)).code).toBe(0);
    emulator.addFaults({
      match: { operation: "getChatsSettings" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    for (const command of [["plan"], apply]) {
      const { code } = await chatform(...command, ...reports);
      expect(code).toBe(1);
      expect(await report("s.md")).toContain("not.authorized");
      expect(await report("s.md")).not.toContain("rooms/incident-bridge");
    }
    // An audit goes on with what can be read.
    expect((await chatform("drift", ...reports)).code).toBe(2);
    expect(await report("s.md")).toContain("not.authorized");
  });

  it("show that the plan differs from the approved plan", async () => {
    const { code } = await chatform(...apply, "--checksum", "3f9a", ...reports);
    expect(code).toBe(1);
    expect(await report("s.md")).toContain("The plan has changed");
    expect(emulator.requests.every(({ method }) => method === "GET" || method === "POST")).toBe(true);
    expect(emulator.dump().rooms.map(({ subject }) => subject)).not.toContain("Incident bridge");
  });
});
