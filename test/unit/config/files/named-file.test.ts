import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import { loadDesired } from "../../../../src/config/load.js";
import { kinds } from "../../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-named-"));
  await mkdir(join(cwd, "repo/.git"), { recursive: true });
  await writeFile(join(cwd, "rows.csv"), "name,title\nlobby,Lobby\n");
  await writeFile(join(cwd, "vars.yaml"), "title: Lobby\n");
});
afterEach(() => rm(cwd, { recursive: true }));

async function getProblems(config: string, env: Readonly<Record<string, string>>): Promise<unknown> {
  const diagnostics = await load(config, env);
  return diagnostics.map(({ code, range }) => [code, range?.file, range?.start.line]);
}

async function load(
  config: string,
  env: Readonly<Record<string, string>> = {},
  paths = ["repo/chatform.yaml"],
): Promise<readonly Diagnostic[]> {
  await writeFile(join(cwd, "repo/chatform.yaml"), `version: 1\n${config}`);
  const { diagnostics } = await loadDesired({
    ...{ paths, vars: [], varFiles: [], env, cwd, kinds },
    environment: config.includes("environments:") ? "prod" : undefined,
  });
  return diagnostics;
}

const rows = (path: string): string =>
  `rooms:\n  "\${each.name}":\n    forEach: ${path}\n    subject: "\${each.title}"\n`;
const variables = (path: string): string =>
  `environments:\n  prod:\n    varFile: ${path}\nrooms: { lobby: { subject: "\${var:title}" } }\n`;

describe.each([
  ["of rows", rows, "rows.csv", "forEach: rooms.csv"],
  ["of variables", variables, "vars.yaml", "varFile: prod.vars.yaml"],
])("a file %s that a config names", (_name, config, file, example) => {
  const outside = ["outside-project", "repo/chatform.yaml", 4];

  it("lies within the repository in CI, without and with links", async () => {
    await symlink(join(cwd, file), join(cwd, "repo", `link-${file}`));
    for (const path of [`../${file}`, `link-${file}`]) {
      expect(await getProblems(config(path), { CI: "true" })).toContainEqual(outside);
      expect(await getProblems(config(path), {})).toEqual([]);
    }
  });

  it("may have an absolute path", async () => {
    expect(await getProblems(config(join(cwd, file)), {})).toEqual([]);
  });

  it("is reported where it is named if it does not exist", async () => {
    expect(await getProblems(config(`none-${file}`), {})).toContainEqual([
      "file-not-found",
      "repo/chatform.yaml",
      4,
    ]);
  });

  it("has help that names the member of the config, not an option", async () => {
    await mkdir(join(cwd, "repo/folder"));
    const helps = [];
    for (const path of ["none.csv", "folder", "folder\\\\rows.csv"])
      helps.push(...(await load(config(`"${path}"`))).filter(({ range }) => range?.start.line === 4));

    expect(helps.map(({ help }) => help).filter((help) => /-f\b/.test(help ?? ""))).toEqual([]);
    expect(helps.map(({ help }) => help?.endsWith(example))).toContain(true);
    expect(helps.map(({ help }) => help)).toContain(
      "Separate folders with /, on Windows too: folder/rows.csv",
    );
  });
});

describe("a file of rows or variables in a folder of config files", () => {
  const config =
    'environments: { prod: { varFile: vars.yaml }, test: { varFile: "${env:VARS}" } }\n' +
    `rooms:\n  "\${each.name}":\n    forEach: "rows.\${var:type}"\n    subject: "\${var:title}"\n`;
  beforeEach(async () => {
    await writeFile(join(cwd, "repo/vars.yaml"), "title: Lobby\ntype: yaml\n");
    await writeFile(join(cwd, "repo/rows.yaml"), "- { name: lobby }\n");
  });

  it.each([[["repo"]], [["repo/chatform.yaml"]]])("is no config: %j", async (paths) => {
    expect(await load(config, {}, paths)).toEqual([]);
    expect(await load(`include: [.]\n${config}`, {}, paths)).toEqual([]);
    expect(await load(`include: ["*.yaml"]\n${config}`, {}, paths)).toEqual([]);
  });

  it.each([[["repo", "repo/rows.yaml"]], [["repo/chatform.yaml", "repo/rows.yaml"]]])(
    "is a config if it is named as one: %j",
    async (paths) => {
      expect((await load(config, {}, paths))[0]?.code).toBe("not-a-mapping");
    },
  );

  it("is one of --var-file too", async () => {
    await writeFile(
      join(cwd, "repo/chatform.yaml"),
      'version: 1\nrooms: { lobby: { subject: "${var:title}" } }\n',
    );
    await rm(join(cwd, "repo/rows.yaml"));
    const options = { paths: ["repo"], vars: [], varFiles: ["repo/vars.yaml"], env: {}, cwd, kinds };
    expect((await loadDesired(options)).diagnostics).toEqual([]);
  });
});
