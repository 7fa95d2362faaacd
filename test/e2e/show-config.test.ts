/** Tests that `show --config` prints a config that declares the same as the files do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadDesired } from "../../src/config/load.js";
import { kinds } from "../../src/resources/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-show-"));
});
afterEach(() => rm(cwd, { recursive: true }));

const run = (...args: readonly string[]): Promise<RunResult> => runCli(args, { cwd });

async function showResources(file: string): Promise<unknown> {
  const loaded = await loadDesired({ paths: [file], vars: [], varFiles: [], env: {}, cwd, kinds });
  expect(loaded.diagnostics).toEqual([]);
  return loaded.resources.map(({ address, attributes }) => [address, attributes]);
}

it("prints the config with everything inserted", async () => {
  const config = `version: 1
variables: { price: { default: "$\${5}" } }
defaults: { rooms: { protect: true } }
rooms:
  "\${each.name}": { forEach: rooms.csv, subject: "\${each.subject}", description: "for \${var:price}" }
`;
  await writeFile(join(cwd, "chatform.yaml"), config);
  await writeFile(join(cwd, "rooms.csv"), 'name,subject\nlobby,no\nops,"Ops, all"\n');
  const { code, stdout, stderr } = await run("show", "--config");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("lobby:");
  expect(stdout).not.toMatch(/^ *(?:forEach|defaults|variables):/m);
  await writeFile(join(cwd, "shown.yaml"), stdout);
  expect(await showResources("shown.yaml")).toEqual(await showResources("chatform.yaml"));

  const json = JSON.parse((await run("show", "--config", "--json")).stdout) as object;
  expect(json).toMatchObject({ rooms: { lobby: { subject: "no", description: "for ${5}", protect: true } } });
});

it("needs no address, and takes none", async () => {
  await writeFile(join(cwd, "chatform.yaml"), "version: 1\n");
  expect((await run("show", "--config", "rooms/a")).stderr).toContain("takes no address");
  expect((await run("show")).stderr).toContain("--config");
});
