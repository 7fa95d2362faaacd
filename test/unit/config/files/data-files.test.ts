/** Tests that a folder or glob passes over the files of variables and rows that the config names. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Loaded } from "../../../../src/config/load.js";
import { loadDesired } from "../../../../src/config/load.js";
import { kinds } from "../../../../src/resources/index.js";

const files = {
  "chatform.yaml": `version: 1
environments:
  prod: { varFile: "\${env:SITE}.vars.yaml" }
  test: { varFile: [test.vars.yaml] }
rooms:
  "\${each.key}": { forEach: "\${var:rows}.yaml", subject: "\${var:title}" }
`,
  "acme.vars.yaml": "title: Lobby\nrows: rooms\n",
  "test.vars.yaml": "title: Hall\n",
  "rooms.yaml": "[lobby, desk]\n",
};

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-data-files-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
});
afterEach(() => rm(cwd, { recursive: true }));

const load = (paths: readonly string[], varFiles: readonly string[] = []): Promise<Loaded> =>
  loadDesired({ paths, varFiles, vars: [], env: { SITE: "acme" }, cwd, kinds, environment: "prod" });

const addresses = ({ resources }: Loaded): readonly string[] => resources.map(({ address }) => address);

it("reads a folder with the variables and rows of its config", async () => {
  const loaded = await load(["."]);
  expect(loaded.diagnostics).toEqual([]);
  expect(addresses(loaded)).toEqual(["rooms/desk", "rooms/lobby"]);
  expect(loaded.files).toEqual(["chatform.yaml"]);
});

it("reads a glob with them", async () => {
  await writeFile(join(cwd, "include.yaml"), 'version: 1\ninclude: ["c*.yaml", "*.vars.yaml", "r*.yaml"]\n');
  const loaded = await load(["include.yaml"]);
  expect(loaded.diagnostics).toEqual([]);
  expect(loaded.files).toEqual(["chatform.yaml", "include.yaml"]);
});

it("reads a folder with a file of --var-file", async () => {
  await writeFile(join(cwd, "more.json"), '{ "title": "Foyer" }');
  const loaded = await load(["."], ["more.json"]);
  expect(loaded.diagnostics).toEqual([]);
  expect(loaded.resources[0]?.attributes["subject"]).toBe("Foyer");
});

it("refuses other files without a version, and a file of variables that -f names", async () => {
  for (const [path, code, file] of [
    [".", "missing-key", "rest.yaml"],
    ["test.vars.yaml", "not-a-mapping", "test.vars.yaml"],
  ] as const) {
    await writeFile(join(cwd, "rest.yaml"), "rooms: { rest: { subject: Rest } }\n");
    const { diagnostics } = await load(["chatform.yaml", path]);
    expect(diagnostics.map(({ code, range }) => [code, range?.file])).toContainEqual([code, file]);
  }
});
