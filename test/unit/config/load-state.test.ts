import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LoadedState } from "../../../src/config/load-state.js";
import { loadState } from "../../../src/config/load-state.js";
import { kinds } from "../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-load-state-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function load(
  files: Readonly<Record<string, string>>,
  more: {
    readonly paths?: readonly string[];
    readonly vars?: readonly string[];
    readonly environment?: string;
  } = {},
): Promise<LoadedState> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, file)), { recursive: true });
    await writeFile(join(cwd, file), text);
  }
  return loadState({ paths: [], vars: [], varFiles: [], env: {}, cwd, kinds, ...more });
}

const broken = "rooms: { lobby: { subjct: '${var:unset}' }, lobby: !!binary x }\n";

it("needs no more than the state and its variables", async () => {
  const text = `version: 1\n${broken}state: { path: "\${var:org}.state.json" }\n`;

  expect(await load({ "chat/a.yaml": text }, { paths: ["chat"], vars: ["org=test"] })).toEqual({
    state: { config: { path: "chat/test.state.json" }, declaredPath: "test.state.json" },
    diagnostics: [],
    sensitivity: { secrets: [], released: new Set() },
  });
});

it("lies beside the main file, else relative to the file that declares it", async () => {
  const main = `version: 1\n${broken}include: [env/prod.yaml]\n`;
  const paths = ["chat/chatform.yaml"];
  const files = { "chat/chatform.yaml": main, "chat/env/prod.yaml": "version: 1\n" };

  expect((await load(files, { paths })).state.config).toEqual({ path: "chat/chatform.state.json" });
  const declared = { "chat/env/prod.yaml": "version: 1\nstate: { backend: local, path: ../x.json }\n" };
  expect((await load(declared, { paths })).state.config).toEqual({ backend: "local", path: "chat/x.json" });
  const remote = { "chat/env/prod.yaml": "version: 1\nstate: { backend: pg }\n" };
  expect((await load(remote, { paths })).state).toEqual({
    config: { backend: "pg" },
    pathBefore: "chat/chatform.state.json",
  });
});

it("names a state in PostgreSQL after the environment, unless it has a name", async () => {
  const of = async (state: string): Promise<unknown> => {
    const text = `version: 1\nstate: ${state}\nenvironments: { emea: {} }\n`;
    return (await load({ "chatform.yaml": text }, { environment: "emea" })).state.config;
  };
  expect(await of("{ backend: pg }")).toEqual({ backend: "pg", name: "emea", formerName: "default" });
  expect(await of("{ backend: pg, name: x }")).toEqual({ backend: "pg", name: "x" });
});

it.each([
  ["state: { path: '${var:unset}' }", "undefined-variable"],
  ["state: { path: !!binary x }", "unknown-tag"],
  ["state: { pth: x }", "unknown-key"],
  ["state: [x]", "wrong-type"],
])("reports the problems of %s", async (line, code) => {
  const { diagnostics } = await load({ "chatform.yaml": `version: 1\n${line}\n` });

  expect(diagnostics).toMatchObject([{ code, range: { start: { line: 2 } } }]);
});

it("reports what may hide the state, unless another file declares it", async () => {
  const files = { "chatform.yaml": "version: 1\ninclude: [a.yaml, gone.yaml]\n", "a.yaml": "version: [\n" };
  const { diagnostics } = await load(files);

  expect(diagnostics.map(({ code }) => code)).toEqual(["file-not-found", "yaml-syntax"]);
  const state = "state: { backend: pg }\n";
  expect((await load({ "chatform.yaml": files["chatform.yaml"] + state })).diagnostics).toEqual([]);
});
