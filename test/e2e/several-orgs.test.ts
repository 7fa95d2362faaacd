/** Tests that one folder is the config of three orgs with 24 rooms each: from any working directory, and in CI. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writesIn } from "../helpers/writes.js";
import type { OrgName, OrgsWorld } from "./several-orgs.js";
import { makeOrgsWorld, orgNames } from "./several-orgs.js";

const rooms = 24;
/** A room, its message and its pins. */
const resources = 3 * rooms;

let world: OrgsWorld;
beforeAll(async () => {
  world = await makeOrgsWorld(rooms);
}, 60_000);
afterAll(() => world.close());

/** A way to name the config. */
interface Way {
  readonly cwd: string;
  readonly args: () => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const ci = { CI: "true", GITHUB_ACTIONS: "true" };
const ways: Readonly<Record<string, Way>> = {
  "its folder": { cwd: "config", args: () => [] },
  "the folder above": { cwd: ".", args: () => ["-f", "config/chatform.yaml"] },
  "another folder, with an absolute path": {
    cwd: "elsewhere",
    args: () => ["-f", join(world.folder, "config/chatform.yaml")],
  },
  "another folder, through a link": { cwd: "elsewhere", args: () => ["-f", "../link/chatform.yaml"] },
  "a link to its folder": { cwd: "link", args: () => [] },
  "the folder above, with the folder": { cwd: ".", args: () => ["-f", "config"] },
  "its folder in CI": { cwd: "config", args: () => [], env: ci },
  "the folder above in CI": { cwd: ".", args: () => ["-f", "config"], env: ci },
};

interface PlanJson {
  readonly chatform: { readonly checksum: string };
  readonly resource_changes: readonly { readonly because: readonly { readonly place: object }[] }[];
}

async function plan(name: OrgName, { cwd, args, env = {} }: Way): Promise<unknown> {
  const { stdout } = await world.run(["plan", "--json", ...args()], cwd, { ...env, CHATFORM_ENV: name });
  const { chatform, resource_changes: changes } = JSON.parse(stdout) as PlanJson;
  // The names of files work from the working directory.
  const text = JSON.stringify(changes).replaceAll(/"file":"[^"]*?([\w.]+)"/g, '"file":"$1"');
  return { checksum: chatform.checksum, changes: JSON.parse(text) as unknown };
}

const requests = (): readonly number[] => orgNames.map((name) => world.orgs[name].requests.length);

test("plans are the same from everywhere, and applied into one state each", async () => {
  for (const name of orgNames) {
    const [first, ...others] = Object.values(ways);
    const expected = await plan(name, first!);
    expect(expected).toMatchObject({ changes: expect.objectContaining({ length: resources }) as unknown });
    for (const way of others) expect(await plan(name, way)).toEqual(expected);
  }
  const from = ["its folder", "the folder above, with the folder", "another folder, through a link"];
  for (const [at, name] of orgNames.entries()) {
    const { cwd, args, env } = ways[from[at] ?? ""]!;
    const applied = await world.run(["apply", "--auto-approve", "--env", name, ...args()], cwd, env);
    expect(`${applied.code}${applied.stderr}`).toBe("0");
    expect(world.orgs[name].dump().rooms).toHaveLength(rooms);
  }
  const files = await readdir(world.folder, { recursive: true });
  expect(files.filter((file) => /^(?!link\/).*state\.json/.test(file)).sort()).toEqual([
    "config/chatform.asia.state.json",
    "config/chatform.prod.state.json",
    "config/states/test.acme.com.state.json",
  ]);
}, 300_000);

test.each(Object.keys(ways))(
  "nothing is left to change, and nothing drifted, from %s",
  async (from) => {
    const { cwd, args, env } = ways[from]!;
    for (const command of [["plan", "--detailed-exitcode"], ["drift"]]) {
      const { code, stdout, stderr } = await world.run([...command, "--env", "all", ...args()], cwd, env);
      expect(`${code}${stderr}`).toBe("0");
      expect(stdout.match(/^== \w+ ==\n\n/gm)).toHaveLength(orgNames.length);
      expect(stdout.match(/^(?:No changes|No drift)/gm)).toHaveLength(orgNames.length);
    }
  },
  60_000,
);

test("a plan and a state of one org are refused for another, and nothing is written", async () => {
  for (const name of orgNames) world.orgs[name].clearRequests();
  const saved = await world.run(["plan", "--env", "test", "--out", "../plan.json"]);
  expect(`${saved.code}${saved.stderr}`).toBe("0");
  const refused = async (code: string, ...args: readonly string[]): Promise<void> => {
    const result = await world.run(args);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(`(${code})`) as unknown]);
  };
  await refused("another-environment", "apply", "../plan.json", "--env", "prod");
  await refused("another-org", "apply", "../plan.json", "--profile", "prod");
  await refused("another-org", "plan", "--env", "prod", "--profile", "asia");
  for (const command of ["plan", "apply", "drift", "repair", "destroy"])
    await refused("another-org", command, "--env", "prod", "--state", "states/test.acme.com.state.json");
  for (const name of orgNames) expect(writesIn(world.orgs[name].requests)).toEqual([]);
}, 60_000);

test.each([
  ["state", "list"],
  ["state", "show", "rooms/team-7"],
  ["state", "mv", "rooms/team-8", "rooms/team-08"],
  ["state", "mv", "rooms/team-08", "rooms/team-8"],
  ["state", "pull"],
  ["show", "rooms/team-7"],
  ["show", "--config"],
  ["export", "--all-known"],
  ["validate"],
  ["drift"],
  ["repair", "--auto-approve"],
  ["fix", "--departed", "--check"],
  ["plan", "--refresh-only"],
  ["state", "forget", "rooms/team-9"],
  ["plan"],
  ["destroy", "--auto-approve"],
])(
  "%s %s needs an environment, and reaches its org only",
  async (...command) => {
    const before = requests();
    const { code, stderr } = await world.run(command);
    expect([code, stderr]).toEqual([1, expect.stringContaining("(no-environment)") as unknown]);
    expect(requests()).toEqual(before);
    const ran = await world.run([...command, "--env", "asia"]);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringMatching(/^(?:Note: .*\n)?$/) as unknown]);
    expect(requests().slice(0, 2)).toEqual(before.slice(0, 2));
  },
  60_000,
);
