/** docs/ci.md: what it shows is run, and its workflow is one. */
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { VERSION } from "../../src/core/version.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { docsBlocks } from "../helpers/docs.js";
import type { ShellResult } from "../helpers/shell.js";
import type { Job as GithubJob } from "../helpers/github.js";
import { Machine } from "../helpers/shell.js";

let emulator: Emulator;
let machine: Machine;
beforeEach(async () => {
  emulator = await startEmulator();
  machine = await Machine.start();
});
afterEach(async () => {
  await machine.stop();
  await emulator.close();
});

const sh = (script: string, env: Readonly<Record<string, string>> = {}): Promise<ShellResult> =>
  machine.run(script, { command: ["bash", "-eo", "pipefail"], env: { ...emulator.env, ...env } });

describe("docs/ci.md", () => {
  it("leads from an empty folder to a plan", async () => {
    const [init = "", first = ""] = await docsBlocks("ci.md", "sh");
    for (const block of [init, first]) {
      const { code, log } = await sh(block, { CI: "" }); // on one's own machine
      expect(code, log).toBe(0);
    }
    expect(await machine.read(".github/workflows/chatform.yml")).toContain("chatform apply");
    expect(parse(await machine.read("live.yaml"))).toMatchObject({ settings: { reactionsEnabled: true } });
  });

  it("shows commands for every CI system that apply the reviewed plan", async () => {
    const [, , lines = ""] = await docsBlocks("ci.md", "sh");
    await machine.write("chatform.yaml", "version: 1\nsettings: { reactionsEnabled: false }\n");
    const { code, log } = await sh(lines);
    expect(code, log).toBe(0);
    expect(emulator.dump().settings.reactionsEnabled).toBe(false);
    expect(await machine.read("apply.md")).toContain("Apply complete");
    // The apply stops when the plan has changed meanwhile.
    await machine.write("chatform.yaml", "version: 1\nsettings: { reactionsEnabled: true }\n");
    const [plan = "", checksum = "", ...rest] = lines.split("\n");
    const moved = `sed -i "s/reactionsEnabled: true/messageRetentionPeriodDays: 99/" chatform.yaml`;
    const late = await sh([plan, checksum, moved, ...rest].join("\n"));
    expect([late.code, late.log]).toEqual([1, expect.stringContaining("The plan has changed")]);
    expect(emulator.dump().settings).toMatchObject({ messageRetentionPeriodDays: 3650 });
  });

  it("shows a workflow that GitHub accepts, with inputs and outputs that the action has", async () => {
    const [content = ""] = (await docsBlocks("ci.md", "yaml")).filter((block) => /^jobs:/m.test(block));
    const { context } = parseWorkflow({ name: "chat.yml", content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors()).toEqual([]);
    const action = parse(await readFile(new URL("../../action.yml", import.meta.url), "utf8")) as {
      readonly inputs: object;
      readonly outputs: object;
    };
    expect(content).toContain(`/chatform@COMMIT # v${VERSION};`);
    const { jobs } = parse(content) as { readonly jobs: { readonly plan: GithubJob } };
    const used = jobs.plan.steps.find(({ id }) => id === "chatform")?.with ?? {};
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(used)));
    const read = [...content.matchAll(/steps\.chatform\.outputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(read));
    const text = await readFile(new URL("../../docs/ci.md", import.meta.url), "utf8");
    const [, section = ""] = /^## As a GitHub Action\n(.*?)^## /ms.exec(text) ?? [];
    const cells = [...section.matchAll(/^\| (`[^|]+`) +\| /gm)].map(([, cell = ""]) => cell);
    const rows = cells.flatMap((cell) => cell.split(", ").map((name) => name.replaceAll("`", "")));
    expect(rows).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)]);
  });
});
