import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
  await writeFile(join(cwd, "repo/chatform.yaml"), `version: 1\n${config}`);
  const paths = ["repo/chatform.yaml"];
  const { diagnostics } = await loadDesired({
    ...{ paths, vars: [], varFiles: [], env, cwd, kinds },
    environment: config.includes("environments:") ? "prod" : undefined,
  });
  return diagnostics.map(({ code, range }) => [code, range?.file, range?.start.line]);
}

const rows = (path: string): string =>
  `rooms:\n  "\${each.name}":\n    forEach: ${path}\n    subject: "\${each.title}"\n`;
const variables = (path: string): string =>
  `environments:\n  prod:\n    varFile: ${path}\nrooms: { lobby: { subject: "\${var:title}" } }\n`;

describe.each([
  ["of rows", rows, "rows.csv"],
  ["of variables", variables, "vars.yaml"],
])("a file %s that a config names", (_name, config, file) => {
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
});
