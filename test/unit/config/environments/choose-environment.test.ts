import { describe, expect, it } from "vitest";
import { chooseEnvironment } from "../../../../src/config/environments/choose-environment.js";
import type { YamlContent } from "../../../../src/config/read/read-yaml.js";
import { readYaml } from "../../../../src/config/read/read-yaml.js";

async function contents(...texts: readonly string[]): Promise<readonly YamlContent[]> {
  const read = texts.map(async (text, index) => {
    const { content } = await readYaml(`${index}.yaml`, Buffer.from(text));
    return content === undefined ? [] : [content];
  });
  return (await Promise.all(read)).flat();
}

const two =
  "environments:\n  prod: { region: eu-central-1, varFile: [a.yaml, b.yaml] }\n  test: { varFile: c.yaml }\n";

describe("chooseEnvironment", () => {
  it("returns the one with the name, of any file", async () => {
    const { environment, diagnostics } = chooseEnvironment(
      await contents(
        "rooms: {}\n",
        "environments: { test: }\n",
        two.replace("  test: { varFile: c.yaml }\n", ""),
      ),
      "prod",
    );

    expect(diagnostics).toEqual([]);
    expect(environment).toMatchObject({ name: "prod", block: { region: "eu-central-1" } });
    expect(environment?.content.file).toBe("2.yaml");
  });

  it("returns none where none is declared and none is named", async () => {
    expect(chooseEnvironment(await contents("rooms: {}\n"), undefined)).toEqual({
      isMissing: false,
      names: [],
      diagnostics: [],
    });
  });

  it.each([
    [two, undefined, "no-environment", "--env prod"],
    [two, "prd", "unknown-environment", "Did you mean --env prod?"],
    [two, "all", "unknown-environment", "Choose one of them: --env prod."],
    ["rooms: {}\n", "prod", "unknown-environment", "declare environments:"],
  ])("refuses another one: %#", async (text, name, code, help) => {
    const { environment, diagnostics } = chooseEnvironment(await contents(text), name);

    expect(environment).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, severity: "error" }]);
    expect(diagnostics[0]?.help).toContain(help);
  });

  it("reports an environment that two files declare", async () => {
    const { diagnostics } = chooseEnvironment(await contents(two, "environments: { test: {} }\n"), "test");

    expect(diagnostics).toMatchObject([
      {
        code: "duplicate-declaration",
        range: { file: "1.yaml" },
        related: [{ range: { file: "0.yaml", start: { line: 3 } } }],
      },
    ]);
  });
});
