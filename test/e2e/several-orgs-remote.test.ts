/** Tests environments whose states are on servers: each with an address and a lock of its own. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { State } from "../../src/core/state/state.js";
import { writesIn } from "../helpers/writes.js";
import type { OrgsWorld } from "./several-orgs.js";
import { csv, makeOrgsWorld, orgNames } from "./several-orgs.js";

let servers: Readonly<Record<"prod" | "test", StateServer>>;
let world: OrgsWorld;

beforeEach(async () => {
  servers = {
    prod: await startStateServer({ manner: "terraform" }),
    test: await startStateServer({ manner: "terraform" }),
  };
  const onServer = ({ url }: StateServer): string =>
    `state: { backend: http, address: "${url}", lockAddress: "${url}", unlockAddress: "${url}" }`;
  world = await makeOrgsWorld(2, { prod: onServer(servers.prod), test: onServer(servers.test) });
  for (const name of orgNames) await ok("apply", "--auto-approve", "--env", name);
  for (const name of orgNames) world.orgs[name].clearRequests();
});
afterEach(async () => {
  await world.close();
  for (const server of Object.values(servers)) await server.close();
});

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run(args, "config", { CI: "true" });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

test("all environments have a state of their own", async () => {
  for (const name of ["prod", "test"] as const) {
    const state = JSON.parse(servers[name].content ?? "") as State;
    expect(state.org?.name).toBe(`acme-${name}`);
    expect(Object.keys(state.resources)).toHaveLength(6);
    expect(await ok("state", "list", "--env", name)).toContain("rooms/team-1\n");
  }
  expect((await ok("plan", "--env", "all")).match(/^No changes/gm)).toHaveLength(orgNames.length);
  expect((await ok("drift", "--env", "all")).match(/^No drift/gm)).toHaveLength(orgNames.length);
});

test("the lock of one stops no other", async () => {
  await writeFile(join(world.folder, "config/rooms.csv"), csv(3));
  servers.prod.lock = JSON.stringify({ ID: "4711", Who: "sam@host", Operation: "apply" });
  const locked = await world.run(["apply", "--auto-approve", "--env", "prod"]);
  expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining("4711") as unknown]);
  expect(writesIn(world.orgs.prod.requests)).toEqual([]);
  await ok("apply", "--auto-approve", "--env", "test");
  expect(world.orgs.test.dump().rooms).toHaveLength(3);
  // Reading needs no lock.
  await ok("drift", "--env", "prod");
  await ok("state", "unlock", "4711", "--env", "prod");
  await ok("apply", "--auto-approve", "--env", "prod");
  expect(world.orgs.prod.dump().rooms).toHaveLength(3);
});

test("the state of another one is refused, and pushed nowhere", async () => {
  servers.prod.content = servers.test.content;
  const { code, stderr } = await world.run(["apply", "--auto-approve", "--env", "prod"]);
  expect([code, stderr.replaceAll(/\s+/g, " ")]).toEqual([
    1,
    expect.stringMatching(
      /The state of the environment prod belongs to acme-test .* These credentials belong to acme-prod /,
    ) as unknown,
  ]);
  expect(writesIn(world.orgs.prod.requests)).toEqual([]);
  await writeFile(join(world.folder, "config/copy.json"), await ok("state", "pull", "--env", "asia"));
  const pushed = await world.run(["state", "push", "copy.json", "--env", "test"]);
  expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringContaining("(push-refused)") as unknown]);
});
