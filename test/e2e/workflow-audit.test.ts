/** zizmor and actionlint find nothing in the workflows for GitHub, in any combination of options, nor in the action. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkflowOptions } from "../../src/cli/commands/init/workflows/workflows.js";
import { workflows } from "../../src/cli/commands/init/workflows/workflows.js";
import {
  actionlintOutput,
  missingActionlint,
  missingZizmor,
  zizmorFindings,
} from "../helpers/audit-tools.js";
import { docsBlocks } from "../helpers/docs.js";
import { skips } from "../helpers/skip.js";

const choices: { readonly [Name in keyof WorkflowOptions]: readonly WorkflowOptions[Name][] } = {
  folder: [".chatform"],
  install: ["npm ci --ignore-scripts"],
  // YAML takes some of these for other values, if they stand there without quotes.
  environments: [[], ["test"], ["eu.prod", "a_b", "1.0", "1e3", "true", "null", "on"]],
  backends: [[], ["local"], ["pg"], ["http"], ["s3"], ["pg", "http", "s3"]],
  repairs: [false, true],
  branch: ["main", `c++'"$(id)\`{}`, "!x"],
};

/** All combinations, as lists of entries. */
const combinations = Object.entries(choices).reduce<readonly (readonly (readonly [string, unknown])[])[]>(
  (all, [name, values]) => all.flatMap((one) => values.map((value) => [...one, [name, value] as const])),
  [[]],
);

let folder: string;
/** The workflows that chatform writes. */
const written: string[] = [];
let example: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-audit-"));
  const [block = ""] = (await docsBlocks("ci.md", "yaml")).filter((one) => /^jobs:/m.test(one));
  // What a reader fills in.
  example = await write("example", ".github/workflows/chat.yml", block.replace("COMMIT", "0".repeat(40)));
  for (const [at, entries] of combinations.entries()) {
    const options = Object.fromEntries(entries) as unknown as WorkflowOptions;
    for (const [path, text] of await workflows("github", options))
      written.push(await write(`r${String(at).padStart(3, "0")}`, path, text));
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function write(repository: string, path: string, text: string): Promise<string> {
  const file = join(folder, repository, path);
  await mkdir(dirname(file), { recursive: true });
  await mkdir(join(folder, repository, ".git"), { recursive: true });
  await writeFile(file, text);
  return file;
}

const action = fileURLToPath(new URL("../../action.yml", import.meta.url));

describe.skipIf(skips("the audit of workflows by zizmor", await missingZizmor()))("zizmor", () => {
  it("finds nothing", async () => {
    expect(await zizmorFindings([...written, action])).toEqual([]);
    expect(await zizmorFindings([example], "regular")).toEqual([]);
  });

  it("would find a fault", async () => {
    const text = "on: push\njobs: { a: { runs-on: x, steps: [{ run: 'echo ${{ github.head_ref }}' }] } }\n";
    expect(await zizmorFindings([await write("faulty", ".github/workflows/a.yml", text)])).not.toEqual([]);
  });
});

describe.skipIf(skips("the audit of workflows by actionlint", await missingActionlint()))(
  "actionlint",
  () => {
    it("finds nothing", async () => {
      expect(await actionlintOutput([...written, example], false)).toBe("");
      // The scripts are the same in all: those for one org, and for several.
      expect(await actionlintOutput([...written.slice(0, 1), ...written.slice(-2)])).toBe("");
    });

    it("would find a fault, in scripts too", async () => {
      const text = "on: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: 'echo $a' }] } }\n";
      expect(await actionlintOutput([await write("faulty", ".github/workflows/a.yml", text)])).toContain(
        "SC2086",
      );
    });
  },
);
