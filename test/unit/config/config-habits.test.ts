import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../../../src/config/load.js";
import { loadDesired } from "../../../src/config/load.js";
import { kinds } from "../../../src/resources/index.js";
import { expectHelpful, toLine, showFrames } from "../../helpers/diagnostics.js";

/**
 * Files that people write who know other tools: habits of other YAML readers, spreadsheets' tables, files of variables. Each is
 * either right, and `NAME.expected` beside it shows the config with everything inserted; or refused, and `NAME.expected` shows
 * the problems as test/config-errors does. `vitest -u` writes these files anew: read the difference.
 */
const root = fileURLToPath(new URL("../../config-habits/", import.meta.url));

const options = { vars: [], varFiles: [], env: {}, kinds };

/** How the cases of a folder are loaded. The config of rows and variables is beside them. */
const loads: Readonly<Record<string, (name: string, cwd: string) => LoadOptions>> = {
  configs: (name, cwd) => ({
    ...options,
    cwd,
    paths: [name.includes(".") ? name : join(name, "chatform.yaml")],
    ...(name.startsWith("environment") ? { environment: "test" } : {}),
  }),
  rows: (name, cwd) => ({ ...options, cwd, paths: ["chatform.yaml"], vars: [`file=${name}`] }),
  variables: (name, cwd) => ({ ...options, cwd, paths: ["chatform.yaml"], varFiles: [name] }),
};

describe.each(Object.entries(loads))("the files of test/config-habits/%s", async (folder, toOptions) => {
  const cwd = join(root, folder);
  const entries = (await readdir(cwd)).sort();
  const cases = entries.filter((name) => !name.endsWith(".expected") && name !== "chatform.yaml");

  it("have what is expected of each", () => {
    expect(cases.map((name) => `${name}.expected`)).toEqual(
      entries.filter((name) => name.endsWith(".expected")),
    );
  });

  it.each(cases)("%s", async (name) => {
    const { diagnostics, document } = await loadDesired(toOptions(name, cwd));
    const isRight = diagnostics.every(({ severity }) => severity === "warning");
    const shown = isRight ? `right\n\n${JSON.stringify(document, undefined, 2)}\n` : "";
    for (const diagnostic of diagnostics) expectHelpful(diagnostic);
    await expect(
      `${shown}${diagnostics.map(toLine).join("\n")}\n\n${showFrames(diagnostics)}`,
    ).toMatchFileSnapshot(join(cwd, `${basename(name)}.expected`));
  });
});
