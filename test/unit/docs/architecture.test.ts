import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

describe("docs/architecture.md", () => {
  it("names existing files only", () => {
    const names = [...page.matchAll(/`((?:src|test|scripts|schemas)\/[^`\s]*|eslint\.config\.js)`/g)].map(
      ([, name = ""]) => name,
    );
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it("lists every folder of src", () => {
    const [, drawing = ""] = /^## The folders$\s+```\n([^]*?)```/m.exec(page) ?? [];
    const listed = [...drawing.matchAll(/^src\/(\w+)\//gm)].map(([, name]) => name);
    const folders = readdirSync(join(root, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "generated")
      .map(({ name }) => name);
    expect(listed.sort()).toEqual(folders.sort());
  });

  it("lists the layers of eslint.config.js", () => {
    const config = readFileSync(join(root, "eslint.config.js"), "utf8");
    const [, table = ""] = /const mayImport = \{([^]*?)\n\};/.exec(config) ?? [];
    const layers = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
    const rows = [...page.matchAll(/^\| `src\/(\w+)` /gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual([...layers, "cli"].sort());
  });
});
