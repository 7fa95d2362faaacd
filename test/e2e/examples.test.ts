import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Loaded } from "../../src/config/load.js";
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
const examples: readonly Example[] = [
  { path: "examples/demo.yaml", user: "jane.doe@example.com", resources: 6, rooms: 2, settings: 1 },
  ...["prod", "test"].map((environment) => ({
    ...{ path: "examples/contact-centre/chatform.yaml", environment, user: "nora.berg@example.com" },
    ...{ seed: "examples/contact-centre/seed.json", resources: 584, rooms: 200, settings: 89 },
  })),
];

interface Example {
  readonly path: string;
  readonly environment?: string;
  /** The token's user, who sends the messages. */
  readonly user: string;
  /** Missing: an org with the people and groups that the files name. */
  readonly seed?: string;
  readonly resources: number;
  readonly rooms: number;
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

describe.each(examples)("$path $environment", ({ path, environment, user, ...example }) => {
  it("is valid, plans and applies, and then has nothing to change", async () => {
    const { resources, diagnostics } = await load(path, environment);
    expect(diagnostics).toEqual([]);
    expect(resources).toHaveLength(example.resources);
    const seed = example.seed === undefined ? toOrg(resources) : await readSeed(example.seed, environment);
    const actingUser = inDomain(user, environment);
    emulator = await startEmulator({ seed, actingUser });
    const state = join(folder, "chatform.state.json");
    const files = ["-f", path, ...(environment === undefined ? [] : ["--env", environment])];
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
    expect(await chatform("apply", "--state", state, "--auto-approve")).toMatchObject({
      code: 0,
    });
    const { plan } = await readApplyablePlan(file, file);
    expect(unplannedWrites(plan, emulator.requests)).toEqual([]);
    expect(writesIn(emulator.requests)).toHaveLength(plannedWrites(plan).length);
    const { resources: recorded } = JSON.parse(await readFile(state, "utf8")) as {
      readonly resources: Readonly<Record<string, { readonly kind: string }>>;
    };
    const ofKind = (name: string): number =>
      Object.values(recorded).filter(({ kind }) => kind === name).length;
    expect([ofKind("rooms/*"), ofKind("users/*/settings")]).toEqual([example.rooms, example.settings]);
    const again = await chatform("plan", "--state", state, "--detailed-exitcode");
    expect(again).toMatchObject({ code: 0, stderr: "" });
  });

  it("can be shown with everything inserted", async () => {
    const env = environment === undefined ? {} : { CHATFORM_ENV: environment };
    const { stdout } = await runCli(["show", "--config", "-f", path], { cwd: root, env });
    const { rooms } = parse(stdout) as { readonly rooms: Readonly<Record<string, object>> };
    expect(Object.keys(rooms)).toHaveLength(example.rooms);
    expect(stdout).not.toContain("${");
  });
});

it("declares the contact centre in about 60 lines", async () => {
  const files = ["chatform.yaml", "rooms.yaml"].map((name) => join(root, "examples/contact-centre", name));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const lines = texts
    .join("")
    .split("\n")
    .filter((line) => /^ *[^# ]/.test(line));
  expect(lines.length).toBeLessThan(65);
});

it("names the right path of the schema in every example file", async () => {
  const all = await readdir(join(root, "examples"), { recursive: true });
  const files = all.filter((name) => name.endsWith(".yaml"));
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const name of files) {
    const file = join(root, "examples", name);
    const [first = ""] = (await readFile(file, "utf8")).split("\n");
    const [, path] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
    expect(resolve(dirname(file), path ?? name)).toBe(join(root, "schemas/desired-state.schema.json"));
  }
});

it("uses people and a group of the emulator's own org in the demo", async () => {
  const { resources } = await load("examples/demo.yaml");
  const needed = toOrg(resources);
  const users = new Set(defaultSeed.users?.map(({ email }) => email));
  const groups = new Set(defaultSeed.groups?.map(({ name }) => name));
  expect(needed.users?.filter(({ email }) => !users.has(email))).toEqual([]);
  expect(needed.groups?.filter(({ name }) => !groups.has(name))).toEqual([]);
});

function load(path: string, environment?: string): Promise<Loaded> {
  return loadDesired({ paths: [path], vars: [], varFiles: [], env: {}, cwd: root, kinds, environment });
}

/** Returns a text with the e-mails of an environment. */
function inDomain(text: string, environment: string | undefined): string {
  return environment === "test" ? text.replaceAll("@example.com", "@test.example.com") : text;
}

async function readSeed(file: string, environment: string | undefined): Promise<OrgSeed> {
  return JSON.parse(inDomain(await readFile(join(root, file), "utf8"), environment)) as OrgSeed;
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
