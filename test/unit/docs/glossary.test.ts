/** Keeps the words that docs/glossary.md lists under "Not", and other turns of phrase that have a plain form, out of the repository. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Each rejected word, with the word to use instead. */
const rejected: readonly (readonly [RegExp, string])[] = [
  [/(?<![-\w])answer(?:s|ed|ing|Schemas?)?\b|\w*[a-z]Answers?\b|\banswer[A-Z]\w*/, "response; return; reply"],
  [/\bactors?\b|\bacting[ _-]users?\b|\b(?:needs?)?Actor\b|\bactingUser\w*/, "token's user"],
  [
    /\bleav(?:ing|er)s?\b|\bleaves? the (?:files|config)\b|\bleft the (?:files|config)\b/i,
    "orphan; departed user",
  ],
  [/\bsettl(?:e|es|ing)\b|\b(?:is|are|be) settled\b/i, "recover; decide"],
  [/\bwhereabouts\b/i, "source location"],
  [/\bthe way on\b|\bway_on\b|\bwayOn\b/i, "next step"],
  [/\bshall\b/i, "a plain verb; must"],
  [/\bis so already\b|\balready so\b|\bso already\b/i, "nothing to change"],
  [/\blets? (?:\w+ )?through\b/i, "allow"],
  [/\bnobody outside\b/i, "undocumented"],
  [/\banother than\b/i, "different from"],
  [/\bremarks?\b/i, "finding"],
  [/\blets? go\b/i, "forget"],
  [/\btak(?:e|es|en|ing) over\b/i, "adopt; break the lock of"],
  [/\bnot[ -]taken\b|\bdid not take\b/i, "not confirmed"],
  [/(?<!there )\b(?:is|are) none\b/i, "there is no; invalid"],
  [/\bat hand\b/i, "available"],
  [/\bbecome another\b|\bis another now\b/i, "has changed"],
  [/\bthe files (?:do not )?(?:say|want|move|moved|mean|claim|declare)\b/i, "the config declares"],
  [/\bby nobody\b|\bof which any\b|\bmostly to no end\b/i, "active voice"],
  [/^\s*(?:\/\*\*|\*|\/\/) (?:What|Whether|Where|How|Who|Whose)\b/m, "a verb: Returns, Reads, Compares"],
];

/** Rejected words that are right in some files, each with the reason. They are removed from a line before it is checked. */
const allowed: readonly { readonly file: RegExp; readonly word: RegExp; readonly reason: string }[] = [
  { file: /^docs\/glossary\.md$/, word: /.+/g, reason: "the glossary lists the rejected words" },
  {
    file: /./,
    word: /acting-user-kept|bad\.answer|answer\.too\.large/g,
    reason: "codes of diagnostics and failed calls are stable",
  },
  {
    file: /^(?:src|schemas)\//,
    word: /\bremarks\b/g,
    reason: "a member of the changes in saved plans and JSON outputs",
  },
  { file: /^(?:src|docs)\//, word: /\bnot-taken\b/g, reason: "a status in the JSON output of apply" },
  { file: /^CHANGELOG\.md$/, word: /`way_on`/g, reason: "the changelog names the old member" },
  {
    file: /^(?:src\/emulator|src\/cli\/commands\/emulate\.ts|docs|scripts)/,
    word: /\bactingUser\b/g,
    reason: "an option of startEmulator, which programs use",
  },
];

/** Returns the text files that are checked, relative to the root. */
function checkedFiles(): readonly string[] {
  const folders = ["src", "docs", "schemas", "examples", "templates", "scripts", "bench"];
  const inFolders = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const text = /\.(?:ts|mjs|md|json|ya?ml|html|css|js)$/;
  const skipped = /^src\/generated\/|^bench\/dist\//;
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "action.yml", ...inFolders].filter(
    (file) => text.test(file) && !skipped.test(file),
  );
}

/** Returns the lines of a file, without its allowed words. */
function checkedLines(file: string): readonly string[] {
  const words = allowed.filter((one) => one.file.test(file));
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.map((line) => words.reduce((text, { word }) => text.replaceAll(word, ""), line));
}

/** Returns each rejected word in a file, with its place and the word to use instead. */
function breaches(file: string): readonly string[] {
  return checkedLines(file).flatMap((line, at) =>
    rejected.flatMap(([word, instead]) => {
      const found = word.exec(line)?.[0].trim();
      return found === undefined ? [] : [`${file}:${at + 1}: "${found}" -> ${instead}: ${line.trim()}`];
    }),
  );
}

/** Returns the titles of tests with a rejected word, or that begin with a question word. */
function titleBreaches(file: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  const titles = text.matchAll(
    /\b(?:it|test|describe)(?:\.\w+)*(?:\([^"'`]*?\)|\(\[[^]*?\]\))?\(\s*(["'`])(.*?)\1,/g,
  );
  return [...titles].flatMap(([, , title = ""]) => {
    const words = allowed.filter((one) => one.file.test(file));
    const checked = words.reduce((left, { word }) => left.replaceAll(word, ""), title);
    const found = [...rejected.map(([word]) => word), /^(?:What|Whether|Where|How|Who|Whose)\b/].find(
      (word) => word.test(checked),
    );
    return found === undefined ? [] : [`${file}: ${title}`];
  });
}

describe("the words of docs/glossary.md", () => {
  it("are the only ones for their things", () => {
    expect(checkedFiles().length).toBeGreaterThan(200);
    expect(checkedFiles().flatMap(breaches)).toEqual([]);
  });

  it("are the only ones in the titles of tests", () => {
    const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => join("test", name));
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(titleBreaches)).toEqual([]);
  });

  it("has no exception without use", () => {
    const files = checkedFiles().map((file) => [file, readFileSync(join(root, file), "utf8")] as const);
    const unused = allowed.filter(
      (one) => !files.some(([file, text]) => one.file.test(file) && text.search(one.word) >= 0),
    );
    expect(unused).toEqual([]);
  });
});
