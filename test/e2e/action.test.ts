/** `action.yml`: GitHub's own parser reads it, and its steps are run against the emulator. */
import { NoOperationTraceWriter } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { JobResult, Step } from "../helpers/github.js";
import { filled, runSteps } from "../helpers/github.js";
import { Machine } from "../helpers/shell.js";

const path = fileURLToPath(new URL("../../action.yml", import.meta.url));
const text = await readFile(path, "utf8");
const action = parse(text) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

let emulator: Emulator;
let machine: Machine;
beforeEach(async () => {
  emulator = await startEmulator();
  machine = await Machine.start();
  await mkdir(join(machine.folder, "chat room"));
});
afterEach(async () => {
  await machine.stop();
  await emulator.close();
});

async function declare(days: number, folder = ""): Promise<void> {
  const file = join(folder, "chatform.yaml");
  await machine.write(file, `version: 1\nsettings: { messageRetentionPeriodDays: ${days} }\n`);
}

/** Uses the action as a step of a job does. */
async function use(
  inputs: Readonly<Record<string, string>> = {},
  checkout = dirname(path),
): Promise<JobResult> {
  const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
  const contexts = { inputs: { ...(Object.fromEntries(defaults) as Record<string, string>), ...inputs } };
  const env = {
    ...emulator.env,
    ...{ GITHUB_ACTION_PATH: checkout, GITHUB_WORKSPACE: machine.folder, GITHUB_ACTIONS: "true" },
    RUNNER_TEMP: await machine.beside("temporary"),
  };
  const { steps, ...result } = await runSteps(action.runs.steps, contexts, { machine, env });
  const outputs = Object.entries(action.outputs).map(
    ([name, { value }]) => [name, filled(value, { ...contexts, steps })] as const,
  );
  return { ...result, outputs: Object.fromEntries(outputs) };
}

const days = (): unknown => emulator.dump().settings.messageRetentionPeriodDays;

describe("action.yml", () => {
  it("is a valid action for GitHub's own parser", () => {
    const errors = (content: string): readonly object[] =>
      parseAction({ name: "action.yml", content }, new NoOperationTraceWriter()).context.errors.getErrors();
    expect(errors(text)).toEqual([]);
    expect(errors(text.replace("shell: bash", "shel: bash"))).not.toEqual([]);
  });

  it("passes untrusted text to the shell only in variables", () => {
    expect(action.runs.steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
    expect(action.runs.steps.map(({ shell }) => shell)).toEqual(["bash", "bash"]);
    expect(text).not.toContain("uses:");
  });
});

describe("plan", () => {
  it("reports changes without failing, in outputs and in the summary", async () => {
    await declare(1000);
    const { ok, log, summary, outputs } = await use();
    expect(ok, log).toBe(true);
    expect(outputs).toMatchObject({
      "exit-code": "2",
      changes: "true",
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      ...{ create: "0", update: "1", delete: "0", adopt: "0", forget: "0", "removed-people": "0" },
    });
    expect(summary).toBe(await readFile(outputs["report"] ?? "", "utf8"));
    expect(summary).toContain("messageRetentionPeriodDays");
    expect(days()).toBe(3650);
  });

  it("reports that nothing changes", async () => {
    await declare(3650);
    const { ok, outputs } = await use();
    expect([ok, outputs["exit-code"], outputs["changes"]]).toEqual([true, "0", "false"]);
  });

  it("fails with a report of the reason, without results of an earlier run", async () => {
    await declare(1000);
    await use();
    await machine.write("chatform.yaml", "version: 1\nroms: {}\n");
    const { ok, log, summary, outputs } = await use();
    expect(ok).toBe(false);
    expect(summary).toMatch(/^## ❌ chatform: Plan failed: 1 error/);
    expect(summary).not.toContain("messageRetentionPeriodDays");
    expect(outputs).toMatchObject({ "exit-code": "1", changes: "", checksum: "", update: "" });
    expect(await readFile(outputs["report"] ?? "", "utf8")).toBe(summary);
    expect(log).toContain("unknown-key");
  });

  it("annotates problems at their lines, also in another folder", async () => {
    await machine.write("chat room/chatform.yaml", "version: 1\nroms: {}\n");
    const { ok, log } = await use({ command: "validate", directory: "chat room" });
    expect(ok).toBe(false);
    expect(log).toMatch(/^::error file=chat room\/chatform\.yaml,line=2/m);
  });

  it("works in another folder, and writes no summary when told not to", async () => {
    await declare(1000, "chat room");
    const { ok, log, summary, outputs } = await use({ directory: "chat room", summary: "false" });
    expect(ok, log).toBe(true);
    expect([summary, outputs["changes"]]).toEqual(["", "true"]);
  });
});

describe("apply, drift and repair", () => {
  it("apply makes the planned changes, and drift finds later changes", async () => {
    await declare(3000);
    const { outputs } = await use();
    const args = `--checksum ${outputs["checksum"] ?? ""} --allow-data-loss`;
    const applied = await use({ command: "apply", args });
    expect(applied.ok, applied.log).toBe(true);
    expect([applied.outputs["exit-code"], applied.outputs["changes"], days()]).toEqual(["0", "", 3000]);
    expect(applied.outputs).toMatchObject({ create: "0", update: "1", checksum: "" });
    expect(applied.summary).toContain("settings");
    const quiet = await use({ command: "drift" });
    expect([quiet.ok, quiet.outputs["changes"]]).toEqual([true, "false"]);
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const found = await use({ command: "drift" });
    expect([found.ok, found.outputs["exit-code"], found.outputs["changes"]]).toEqual([false, "2", "true"]);
    expect(found.outputs).toMatchObject({ update: "1", forget: "0" });
    expect(found.summary).toContain("messageRetentionPeriodDays");
  });

  it("repair puts back what was changed outside, without asking", async () => {
    await declare(3650);
    await use({ command: "apply" });
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const { ok, log, summary, outputs } = await use({ command: "repair" });
    expect(ok, log).toBe(true);
    expect(outputs["update"]).toBe("1");
    expect(days()).toBe(3650);
    expect(summary).toContain("messageRetentionPeriodDays");
  });

  it("apply changes nothing when the plan has changed", async () => {
    await declare(3000);
    const { ok, outputs } = await use({ command: "apply", args: "--checksum 0 --allow-data-loss" });
    expect([ok, outputs["exit-code"], days()]).toEqual([false, "1", 3650]);
  });
});

describe("args", () => {
  it("are split like words with quotes, and never run as commands", async () => {
    const bin = join(machine.folder, "node_modules/.bin");
    await mkdir(bin, { recursive: true });
    await machine.program("chatform", `printf '<%s>' "$@"`, bin);
    const { log } = await use({ command: "api", args: `one "two 2"\n 'three * $HOME $(id) \`id\`' ; & >x` });
    expect(log).toBe("<api><one><two 2><three * $HOME $(id) `id`><;><&><>x>");
    expect((await use({ command: "show", args: " \n" })).log).toBe("<show>");
    const broken = await use({ command: "apply", args: "'half" });
    expect([broken.ok, broken.outputs["exit-code"]]).toEqual([false, ""]);
    expect(broken.log).not.toContain("<");
  });
});

describe("the program", () => {
  it("is built once from the action's own checkout, without the job's credentials", async () => {
    const checkout = join(machine.folder, "../action's checkout");
    await mkdir(join(checkout, "dist"), { recursive: true });
    const npm = `pwd >> "$HOME/npm.log"; env | grep -c GENESYSCLOUD_ >> "$HOME/npm.log"; [ "$1" = ci ] || echo 'console.log("built")' > dist/main.js`;
    await machine.program("npm", npm);
    const first = await use({ command: "validate" }, checkout);
    const second = await use({ command: "validate" }, checkout);
    expect([first.log, second.log]).toEqual(["built\n", "built\n"]);
    expect(await machine.npm()).toEqual([checkout, "0", checkout, "0"]);
  });

  it.each(["", "chat room"])("is the project's own where that is installed: %j", async (folder) => {
    const bin = join(folder, "node_modules/.bin");
    await mkdir(join(machine.folder, bin), { recursive: true });
    await machine.program("chatform", "echo own", join(machine.folder, bin));
    const { log } = await use({ command: "validate", directory: "chat room" });
    expect([log, await machine.npm()]).toEqual(["own\n", []]);
  });
});
