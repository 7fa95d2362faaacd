import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Loaded } from "../../../src/config/load.js";
import { loadDesired } from "../../../src/config/load.js";
import { kinds } from "../../../src/resources/index.js";
import { expectHelpful, showFrames, toLine } from "../../helpers/diagnostics.js";

/**
 * Every file (or folder of files) in test/config-errors is broken. `NAME.expected` beside it says how: a line for each
 * problem with its code and place, then what people see. `vitest -u` writes these files anew: read the difference.
 */
const folder = fileURLToPath(new URL("../../config-errors/", import.meta.url));
const entries = (await readdir(folder)).sort();
const cases = entries.filter((name) => !name.endsWith(".expected"));
const expectedFile = (name: string): string => `${name.replace(/\.\w+$/, "")}.expected`;

describe("the files of test/config-errors", () => {
  it("are many, and each has what is expected of it", () => {
    expect(cases.length).toBeGreaterThanOrEqual(70);
    expect(cases.map(expectedFile)).toEqual(entries.filter((name) => name.endsWith(".expected")));
  });

  it.each(cases)("%s", async (name) => {
    const { diagnostics } = await load(name);

    expect(diagnostics.filter(({ severity }) => severity === "error")).not.toEqual([]);
    for (const diagnostic of diagnostics) expectHelpful(diagnostic);
    await expect(`${diagnostics.map(toLine).join("\n")}\n\n${showFrames(diagnostics)}`).toMatchFileSnapshot(
      folder + expectedFile(name),
    );
  });
});

async function load(name: string): Promise<Loaded> {
  return loadDesired({
    paths: [name],
    vars: ["domain=example.com", "days=5"],
    varFiles: [],
    env: {},
    cwd: folder,
    kinds,
  });
}
