/** Checks the examples in the docs: command lines parse, YAML is a valid config, JSON is JSON, links have targets. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { parse } from "../../../src/cli/parse/parser.js";
import { commands } from "../../../src/cli/registry.js";
import { loadDesired } from "../../../src/config/load.js";
import { kinds } from "../../../src/resources/index.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const files = [
  "README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const texts = files.map((file) => [file, readFileSync(join(root, file), "utf8")] as const);

function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, "gm"))].map(
    ([, , block = ""]) => block,
  );
}

/** Returns every chatform command line in a text, from code blocks and inline code. */
function commandLines(text: string): readonly string[] {
  const shell = [...blocks(text, "sh"), ...blocks(text, "console")]
    .flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.trim().replace(/^\$ /, ""));
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...shell, ...inline]
    .flatMap((line) => line.split(/ && | \| /))
    .map((line) => line.replace(/^npx /, "").replace(/ +#.*$| > .*$/g, ""))
    .filter((line) => /^chatform (?!help )[a-z]/.test(line));
}

function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/['"]/g, ""));
}

/** Matches YAML with top-level members of a config. */
const desired = /^(?:version|settings|me|users|userSettings|rooms|safety|state):/m;

/** Pages with other YAML: seeds of the emulator, and a kind that does not exist. */
const others = new Set(["docs/emulator.md", "docs/adding-a-kind.md"]);

/** Returns a file for each entry of `include`: as the page shows it, else without content. */
function includedBy(config: string, environment: string | undefined, page: string): readonly TextFile[] {
  const { include = [], environments = {} } = parseYaml(config) as Partial<Config>;
  const { variables = {} } = environments[environment ?? ""] ?? {};
  return include.map((entry) => {
    const path = entry.replaceAll(/\$\{var:(\w+)\}/g, (_all, name: string) => variables[name] ?? "");
    const [, shown] = new RegExp(`^\`${path}\`:\n\n\`\`\`yaml\n([^]*?)^\`\`\``, "m").exec(page) ?? [];
    const file = path.endsWith(".yaml") ? path.replaceAll("*", "any") : `${path}/any.yaml`;
    return [file, shown ?? "version: 1\n"];
  });
}

type TextFile = readonly [path: string, text: string];

interface Config {
  readonly include: readonly string[];
  readonly environments: Readonly<Record<string, { readonly variables?: Readonly<Record<string, string>> }>>;
}

describe.each(texts)("%s", (file, text) => {
  it.each(commandLines(text))("shows a valid command line: %s", async (line) => {
    const [, name, ...rest] = words(line);
    const entry = commands.find((one) => one.name === name);
    expect(entry, line).toBeDefined();
    if (entry === undefined || (rest.length === 0 && /[<[]/.test(entry.signature))) return;
    await parse([entry.name, ...rest], entry, commands);
  });

  it.each(others.has(file) ? [] : blocks(text, "yaml").filter((block) => desired.test(block)))(
    "shows a valid config: %s",
    async (block) => {
      const folder = await mkdtemp(join(tmpdir(), "chatform-docs-"));
      const whole = /^version:/m.test(block) ? block : `version: 1\n${block}`;
      await writeFile(join(folder, "chatform.yaml"), whole);
      const [, environment] = /^environments:\n +(\w+):/m.exec(whole) ?? [];
      for (const [path, content] of includedBy(whole, environment, text)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      for (const csv of blocks(text, "csv")) await writeFile(join(folder, "rooms.csv"), csv);
      const vars = ["domain=example.com", "retention_days=365"];
      const loaded = await loadDesired({
        ...{ paths: ["chatform.yaml"], vars, varFiles: [], cwd: folder, kinds },
        env: { SITE: "Berlin" },
        environment,
      });
      await rm(folder, { recursive: true });
      expect(loaded.diagnostics).toEqual([]);
    },
  );

  it("shows valid JSON, and links to existing files", () => {
    for (const block of blocks(text, "json")) expect(() => JSON.parse(block) as unknown).not.toThrow();
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, path = ""]) => path);
    expect(links.filter((path) => !existsSync(join(root, dirname(file), path)))).toEqual([]);
  });
});
