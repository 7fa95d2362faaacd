/** With `--json`, stdout holds the errors of a run too: in the document, or as lines. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

let emulator: Emulator;
let cwd = "";
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  cwd = await mkdtemp(join(tmpdir(), "chatform-json-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd, env: emulator.env });
const write = (text: string): Promise<void> => writeFile(join(cwd, "chatform.yaml"), text);

interface Event {
  readonly type: string;
  readonly diagnostic?: { readonly code?: string };
}
const diagnosticLines = (stdout: string): readonly (string | undefined)[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event)
    .flatMap(({ type, diagnostic }) => (type === "diagnostic" ? [diagnostic?.code] : []));

describe("a refused plan", () => {
  beforeEach(async () => {
    emulator.change({ change: "group", set: { name: "Agents", members: ["sam@example.com"] } });
    await write("version: 1\nrooms: { desk: { subject: Desk, participants: [{ group: Agents }] } }\n");
    expect((await run("apply", "--auto-approve")).code).toBe(0);
    emulator.change({ change: "members", of: "group", name: "Agents", remove: ["sam@example.com"] });
  });

  it("is a document that says why", async () => {
    const { code, stdout, stderr } = await run("plan", "--json");
    expect(code).toBe(1);
    expect(stderr).toContain("empty-source");
    const document = JSON.parse(stdout) as object;
    expect(document).toMatchObject({
      ...{ errored: true, applyable: false },
      diagnostics: [{ severity: "error", code: "empty-source", range: { filename: "chatform.yaml" } }],
    });
    await writeFile(join(cwd, "refused.json"), stdout);
    const shown = await run("show", "refused.json", "--json");
    expect(JSON.parse(shown.stdout)).toEqual(document);
    expect((await run("apply", "refused.json")).stderr).toContain("plan-refused");
    await writeFile(join(cwd, "refused.json"), stdout.replace("no active members", "members"));
    expect((await run("show", "refused.json")).stderr).toContain("plan-edited");
  });

  it("is a line for an apply", async () => {
    const { code, stdout, stderr } = await run("apply", "--auto-approve", "--json");
    expect([code, diagnosticLines(stdout)]).toEqual([1, ["empty-source"]]);
    expect(stderr).toContain("empty-source");
  });
});

describe("a summary", () => {
  const summary = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout } = await run(...args);
    expect(code).toBe(1);
    return (JSON.parse(stdout) as { diagnostics: { code: string; summary: string }[] }).diagnostics.map(
      (one) => `${one.code}: ${one.summary}`,
    );
  };

  it("of an encrypted plan without its passphrase is about the plan", async () => {
    await write("version: 1\nsettings: { reactionsEnabled: false }\n");
    const env = { ...emulator.env, CHATFORM_STATE_PASSPHRASE: "correct horse battery staple" };
    expect((await runCli(["plan", "--out", "plan.json"], { cwd, env })).code).toBe(0);
    for (const command of ["show", "apply"])
      expect((await run(command, "plan.json")).stderr).toMatch(
        /^Error: Unusable saved plan \(state-encrypted\)\n {2}plan\.json is encrypted, and there is no passphrase\.\n {2}help: Set CHATFORM_STATE_PASSPHRASE\.\n/,
      );
    expect(await summary("show", "--json", "plan.json")).toEqual(["state-encrypted: Unusable saved plan"]);
  });

  it("of a state is about what went wrong", async () => {
    await write("version: 1\nrooms: { a: { subject: A } }\n");
    expect((await run("apply", "--auto-approve")).code).toBe(0);
    expect(await summary("state", "show", "rooms/b", "--json")).toEqual(["address-unknown: Unknown address"]);
    await writeFile(join(cwd, "chatform.state.json"), "{");
    expect(await summary("state", "list", "--json")).toEqual(["state-damaged: State unavailable"]);
  });
});

describe("an interrupted run", () => {
  const stop = AbortSignal.abort(new Error("interrupted"));
  beforeEach(() => write("version: 1\nsettings: { reactionsEnabled: false }\n"));

  it("is a document", async () => {
    const { code, stdout } = await runCli(["plan", "--json"], { cwd, env: emulator.env, stop });
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ errored: true, diagnostics: [{ code: "interrupted" }] });
  });

  it("is a line for an apply", async () => {
    const args = ["apply", "--auto-approve", "--json"];
    const { code, stdout } = await runCli(args, { cwd, env: emulator.env, stop });
    expect([code, diagnosticLines(stdout)]).toEqual([130, ["interrupted"]]);
  });
});

describe("a run that an error stops", () => {
  beforeEach(() => write("version: 1\nroms: {}\n"));

  it.each([["plan"], ["drift"]])("is a document: %s", async (command) => {
    const { code, stdout, stderr } = await run(command, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ errored: true, valid: false },
      diagnostics: [{ code: "unknown-key" }],
    });
    expect(stderr).toContain("unknown-key");
  });

  it.each([["apply"], ["destroy"], ["repair"]])("is a line: %s", async (command) => {
    const { code, stdout, stderr } = await run(command, "--auto-approve", "--json");
    expect([code, diagnosticLines(stdout)]).toEqual([1, ["unknown-key"]]);
    expect(stderr).toContain("unknown-key");
  });

  it.each([
    ["validate"],
    ["plan"],
    ["drift"],
    ["doctor"],
    ["fix", "--departed"],
    ["show", "settings"],
    ["show", "--config"],
    ["state", "show"],
  ])(
    "is a document: %s %s, with a missing file, a wrong option and refused credentials",
    async (...command) => {
      const refused = { ...emulator.env, GENESYSCLOUD_ACCESS_TOKEN: "refused" };
      for (const more of [["-f", "none.yaml"], ["--nope"], ["extra", "argument"]]) {
        const { code, stdout } = await runCli([...command, "--json", ...more], { cwd, env: refused });
        expect([code, typeof JSON.parse(stdout)]).toEqual([1, "object"]);
      }
      await write("version: 1\nsettings: { reactionsEnabled: true }\n");
      const { stdout } = await runCli([...command, "--json"], { cwd, env: refused });
      expect(typeof JSON.parse(stdout)).toBe("object");
    },
  );

  it("is a document for a command line without a known command", async () => {
    for (const words of [["nope"], [], ["state", "rm", "rooms/x"]])
      expect(JSON.parse((await run("--json", ...words)).stdout)).toMatchObject({
        errored: true,
        diagnostics: [{ code: "stopped", severity: "error" }],
      });
  });

  it("is one document, not two, when the plan can't be saved", async () => {
    await write("version: 1\nsettings: { reactionsEnabled: true }\n");
    const { code, stdout } = await run("plan", "--json", "--out", "none/plan.json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toHaveProperty("format_version");
  });

  it("writes no JSON unless asked", async () => {
    for (const command of ["plan", "drift", "apply", "repair"]) expect((await run(command)).stdout).toBe("");
  });
});
