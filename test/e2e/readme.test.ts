import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { operation } from "../../src/api/operations/operations.js";
import { commands } from "../../src/cli/registry.js";
import { loadDesired } from "../../src/config/load.js";
import { desiredStateSchema } from "../../src/config/schema/schema.js";
import { kinds } from "../../src/resources/index.js";
import { docsBlocks } from "../helpers/docs.js";
import { getOperations } from "../helpers/kind-operations.js";
import { part, permissionsTable, readDoc, withoutIds, withSortedProgress } from "../helpers/readme.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);
const readme = readDoc("README.md");
const yaml = [...readme.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-readme-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it("shows the output of the demo, which succeeds and leaves no files (UPDATE_DOCS=1 writes it)", async () => {
  const env = { PATH: process.env["PATH"], TMPDIR: folder, GENESYSCLOUD_ACCESS_TOKEN: "of another org" };
  const { stdout, stderr } = await execute(process.execPath, ["scripts/demo.mjs"], { cwd: root, env });
  expect(stderr).toBe("");
  // The README shows the repair only: from the change by hand to the end of the second apply.
  const repair = stdout.slice(
    stdout.indexOf("$ chatform plan --out repair"),
    stdout.lastIndexOf("$ chatform plan"),
  );
  for (const [file, text] of [
    ["docs/demo.md", stdout],
    ["README.md", repair],
  ] as const) {
    const block = `\n\`\`\`console\n${text.trimEnd()}\n\`\`\`\n\n`;
    const comparable = (output: string): string => withSortedProgress(withoutIds(output));
    expect(comparable(part(file, "demo", block))).toBe(comparable(block));
  }
  expect(repair.trimEnd().split("\n").length).toBeLessThan(40);
  expect(await readdir(folder)).toEqual([]);
});

it("lists the permissions that the operations of each kind need (UPDATE_DOCS=1 writes them)", () => {
  const table = permissionsTable(kinds);
  expect(part("docs/permissions.md", "permissions", table)).toBe(table);
  const inRooms = kinds.filter(({ name }) => /rooms|messages|pins/.test(name));
  const all = inRooms.flatMap(({ name }) => getOperations(name));
  expect(all.filter((name) => !operation(name).permissions.includes("chat:chat:access"))).toEqual([]);
});

it.each(yaml)("shows a valid config (%#)", async (text) => {
  await writeFile(join(folder, "chatform.yaml"), text);
  const { diagnostics, resources } = await loadDesired({
    paths: ["chatform.yaml"],
    vars: ["domain=example.com", "retention_days=365"],
    varFiles: [],
    env: { SITE: "Berlin" },
    cwd: folder,
    kinds,
  });
  expect(diagnostics).toEqual([]);
  expect(resources.length > 0 || text.includes("safety:")).toBe(true);
});

it("shows every key of a config, with docs/configuration.md", async () => {
  const schema = desiredStateSchema(kinds);
  const wanted = new Set(membersIn(schema));
  // docs/state.md has the options of the other backends.
  const backends = new Set(
    Object.keys(parseObject(parseObject(schema["properties"])["state"])["properties"] ?? {}),
  );
  const examples = [...yaml, ...(await docsBlocks("configuration.md", "yaml"))];
  const shown = new Set(examples.flatMap((text) => keysIn(parse(text))));
  const missing = [...wanted].filter((key) => !shown.has(key) && !backends.has(key));
  expect(missing).toEqual([]);
  expect([...shown]).toEqual(expect.arrayContaining(["backend", "path"]));
});

it("lists all commands", () => {
  const section = /^## Commands$([^]*?)^## /m.exec(readme)?.[1] ?? "";
  const named = [...section.matchAll(/^\| `([a-z]+)[^`]*` *\|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(commands.map(({ name }) => name).sort());
});

it("links to existing files", () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, path = ""]) => path);
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

function parseObject(value: unknown): Record<string, object> {
  return (value ?? {}) as Record<string, object>;
}

/** Returns the names of all members in a JSON Schema. */
function membersIn(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) =>
    key === "properties"
      ? [...Object.keys(parseObject(inner)), ...Object.values(parseObject(inner)).flatMap(membersIn)]
      : membersIn(inner),
  );
}

function keysIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
}
