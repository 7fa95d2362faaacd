import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadDesired } from "../../src/config/load.js";
import type { Resource } from "../../src/core/kind/resource.js";
import type { Emulator, OrgSeed } from "../../src/emulator/index.js";
import { defaultSeed, startEmulator } from "../../src/emulator/index.js";
import { kinds } from "../../src/resources/index.js";
import { readApplyablePlan } from "../../src/cli/commands/plan/plan-file.js";
import { runCli } from "../helpers/run.js";
import type { RunResult } from "../helpers/run.js";
import { plannedWrites, unplannedWrites, writesIn } from "../helpers/writes.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const vars = ["--var-file", "examples/contact-centre.vars.yaml"];
// The contact centre keeps messages for two years only.
const examples: readonly Example[] = [
  { path: "examples/small.yaml", options: [], consent: [], resources: 4, shared: 0, settings: 2 },
  { path: "examples/demo.yaml", options: [], consent: [], resources: 6, shared: 0, settings: 1 },
  {
    ...{ path: "examples/contact-centre", options: vars, consent: ["--allow-data-loss"] },
    ...{ seed: "examples/contact-centre.seed.json", resources: 25, shared: 2, settings: 41 },
  },
];

interface Example {
  readonly path: string;
  readonly options: readonly string[];
  readonly consent: readonly string[];
  /** Missing: an org with the people and groups that the files name. */
  readonly seed?: string;
  readonly resources: number;
  readonly shared: number;
  /** Users whose settings the state holds. */
  readonly settings: number;
}

let folder: string;
let emulator: Emulator | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-examples-"));
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
  await rm(folder, { recursive: true });
});

describe.each(examples)("$path", ({ path, options, consent, ...example }) => {
  it("is valid, plans and applies, and then has nothing to change", async () => {
    const { resources, shared, diagnostics } = await loadDesired({
      paths: [path],
      vars: [],
      varFiles: options.slice(1),
      env: {},
      cwd: root,
      kinds,
    });
    expect(diagnostics).toEqual([]);
    expect(resources).toHaveLength(example.resources);
    expect(shared).toHaveLength(example.shared);
    const seed = example.seed === undefined ? toOrg(resources) : await readSeed(example.seed);
    emulator = await startEmulator({ seed, actingUser: "jane.doe@example.com" });
    const state = join(folder, "chatform.state.json");
    const files = ["-f", path, ...options];
    const chatform = (...argv: string[]): Promise<RunResult> =>
      runCli([...argv, ...files], { cwd: root, env: emulator?.env ?? {} });

    expect(await chatform("validate")).toMatchObject({ code: 0, stderr: "" });
    expect(emulator.requestCount).toBe(0);
    const file = join(folder, "plan.json");
    const planned = await chatform("plan", "--state", state, "--detailed-exitcode", "--out", file);
    expect(planned).toMatchObject({ code: 2, stderr: "" });
    expect(
      emulator.requests.filter(({ operation }) => /^(?:put|patch|delete)/.test(operation ?? "")),
    ).toEqual([]);
    emulator.clearRequests();
    expect(await chatform("apply", "--state", state, "--auto-approve", ...consent)).toMatchObject({
      code: 0,
    });
    const { plan } = await readApplyablePlan(file, file);
    expect(unplannedWrites(plan, emulator.requests)).toEqual([]);
    expect(writesIn(emulator.requests)).toHaveLength(plannedWrites(plan).length);
    const { resources: recorded } = JSON.parse(await readFile(state, "utf8")) as {
      readonly resources: Readonly<Record<string, { readonly kind: string }>>;
    };
    const settings = Object.values(recorded).filter(({ kind }) => kind === "users/*/settings");
    expect(settings).toHaveLength(example.settings);
    const again = await chatform("plan", "--state", state, "--detailed-exitcode");
    expect(again).toMatchObject({ code: 0, stderr: "" });
  });
});

it("names the right path of the schema in every example file", async () => {
  const all = await readdir(join(root, "examples"), { recursive: true });
  const files = all.filter((name) => name.endsWith(".yaml") && !name.endsWith(".vars.yaml"));
  expect(files.length).toBeGreaterThanOrEqual(7);
  for (const name of files) {
    const file = join(root, "examples", name);
    const [first = ""] = (await readFile(file, "utf8")).split("\n");
    const [, path] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect(resolve(dirname(file), path ?? name)).toBe(join(root, "schemas/desired-state.schema.json"));
  }
});

it("uses people and a group of the emulator's own org in the demo", async () => {
  const { resources } = await loadDesired({
    ...{ paths: ["examples/demo.yaml"], vars: [], varFiles: [], env: {}, cwd: root, kinds },
  });
  const needed = toOrg(resources);
  const users = new Set(defaultSeed.users?.map(({ email }) => email));
  const groups = new Set(defaultSeed.groups?.map(({ name }) => name));
  expect(needed.users?.filter(({ email }) => !users.has(email))).toEqual([]);
  expect(needed.groups?.filter(({ name }) => !groups.has(name))).toEqual([]);
});

async function readSeed(file: string): Promise<OrgSeed> {
  return JSON.parse(await readFile(join(root, file), "utf8")) as OrgSeed;
}

/** An org that has the people and groups which these resources name, and nothing else. */
function toOrg(resources: readonly Resource[]): OrgSeed {
  const references = [...JSON.stringify(resources).matchAll(/"\$ref":"(user|group):([^"]+)"/g)];
  const named = (type: string): string[] => [
    ...new Set(references.flatMap(([, kind, name = ""]) => (kind === type ? [name] : []))),
  ];
  const users = [...new Set(["jane.doe@example.com", ...named("user")])];
  return {
    users: users.map((email) => ({ email })),
    groups: named("group").map((name) => ({ name, members: users.slice(-8) })),
  };
}
