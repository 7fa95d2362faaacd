/** Renders random rows in random styles: removing people leaves every other byte, and a valid config. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCsv, openYaml } from "../../src/config/edit/editable-file.js";
import { findPeople } from "../../src/config/edit/find-people.js";
import { removePeople } from "../../src/config/edit/people-file.js";
import { loadDesired } from "../../src/config/load.js";
import { readYaml } from "../../src/config/read/read-yaml.js";
import { desiredStateSchema } from "../../src/config/schema/schema.js";
import { insertValues } from "../../src/config/templates/insert-values.js";
import { RowFiles } from "../../src/config/templates/read-rows.js";
import { blockLayout } from "../../src/core/kind/block-layout.js";
import { kinds } from "../../src/resources/index.js";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-edit-rows-"));
});
afterAll(() => rm(cwd, { recursive: true }));

const users = Array.from({ length: 8 }, (_, at) => `u${at}@example.com`);
const departed = new Set(users.slice(0, 4));
const isKept = (user: string): boolean => !departed.has(user.toLowerCase());
const variables = { env: {}, vars: {} };
const context = { variables, layout: blockLayout(kinds) };

const template = (file: string): string => `version: 1
users:
  "\${each.email}":
    forEach: ${file}
    messages: { hi: { body: "Hi \${each.name}", mentions: "\${each.people}" } }
`;

/** Removes the departed users from a file of rows, on disk. Returns the text. */
async function remove(file: string, text: string, config: string): Promise<string> {
  await writeFile(join(cwd, "chatform.yaml"), config);
  await writeFile(join(cwd, file), text);
  const { content } = await readYaml(join(cwd, "chatform.yaml"), Buffer.from(config));
  if (content === undefined) throw new Error(`not valid: ${config}`);
  const { templates } = await insertValues(content, { ...context, rowFiles: new RowFiles({ cwd }) });
  const source = templates[0]?.rows.source;
  if (source === undefined) throw new Error(`not valid: ${text}`);
  const opened = file.endsWith(".csv") ? openCsv(source) : await openYaml(source);
  if (opened === undefined) throw new Error(`not valid: ${text}`);
  const found = findPeople(content, { variables, schema: desiredStateSchema(kinds), templates });
  const inactive = {
    getNames: (user: string) => (isKept(user) ? undefined : [user.toLowerCase()]),
    isUnknown: () => false,
  };
  const { bytes, left } = await removePeople({ opened, ...found }, inactive);
  expect(left).toEqual([]);
  await writeFile(join(cwd, file), bytes);
  const options = { paths: ["chatform.yaml"], vars: [], varFiles: [], env: {}, cwd, kinds };
  const { diagnostics } = await loadDesired(options);
  expect(diagnostics.filter(({ code }) => code !== "no-rows")).toEqual([]);
  return Buffer.from(bytes).toString();
}

const spelled = fc.uniqueArray(fc.constantFrom(...users), { maxLength: 8 });

const csv = fc.record({
  rows: spelled.chain((emails) =>
    fc.tuple(
      ...emails.map((email) =>
        fc.record({
          email: fc.constantFrom(email, email.toUpperCase()),
          name: fc.constantFrom("a", "é👍", "a b", 'the "big"', "1,2;3\t4", "two\nlines", "\n\n", ""),
          isQuoted: fc.boolean(),
          space: fc.constantFrom("", "", " "),
          /** Lines above. */
          above: fc.constantFrom("", "", "\n", "  \n\n", "SS\n"),
        }),
      ),
    ),
  ),
  separator: fc.constantFrom(",", ";", "\t"),
  lineBreak: fc.constantFrom("\n", "\r\n"),
  hasLastBreak: fc.boolean(),
  mark: fc.constantFrom("", "\u{feff}"),
  /** Names the separator above the header. */
  isNamed: fc.boolean(),
  behind: fc.constantFrom("", "", "\n", "SS\n"),
});
type Csv = typeof csv extends fc.Arbitrary<infer T> ? T : never;

function renderCsv(table: Csv, isWanted: (email: string) => boolean): string {
  const { rows, separator, lineBreak, hasLastBreak, mark, isNamed, behind } = table;
  const cell = (value: string, isQuoted: boolean): string =>
    isQuoted || /[",;\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const lines = rows.map(({ name, email, isQuoted, space, above }) => {
    const padding = separator === "\t" ? "" : space;
    const cells = [cell(name, isQuoted), padding + cell(email, isQuoted) + padding, cell(name, !isQuoted)];
    return above.replace("SS", separator.repeat(2)) + (isWanted(email) ? `${cells.join(separator)}\n` : "");
  });
  const named = isNamed ? `sep=${separator}\n` : "";
  const header = `${named}${["name", "email", '"x"'].join(separator)}\n`;
  const text = header + lines.join("") + behind.replace("SS", separator.repeat(2));
  return mark + (hasLastBreak ? text : text.replace(/\n$/, "")).replaceAll("\n", lineBreak);
}

const yaml = fc.record({
  rows: spelled.chain((emails) =>
    fc.tuple(
      ...emails.map((email) =>
        fc.record({
          email: fc.constant(email),
          name: fc.constantFrom("a", "'it''s'", '"x: #"', "é👍"),
          comment: fc.constantFrom("", " # b", "  # - c: [d"),
          isFlow: fc.boolean(),
          /** Lines above, which stay. */
          above: fc.constantFrom("", "", "\n", "# x: [\n", "\n# - y\n"),
        }),
      ),
    ),
  ),
  head: fc.constantFrom("", "# Staff\n", "---\n"),
  lineBreak: fc.constantFrom("\n", "\r\n"),
  hasLastBreak: fc.boolean(),
  behind: fc.constantFrom("", "# end\n"),
});
type Yaml = typeof yaml extends fc.Arbitrary<infer T> ? T : never;

function renderYaml(file: Yaml, isWanted: (email: string) => boolean): string {
  const { rows, head, lineBreak, hasLastBreak, behind } = file;
  const isEmptied = !rows.some(({ email }) => isWanted(email));
  const lines = rows.map(({ email, name, comment, isFlow, above }, at) => {
    if (!isWanted(email)) return above + (isEmptied && at === 0 ? "[]\n" : "");
    const row = isFlow
      ? `- { name: ${name}, email: ${email} }`
      : `- name: ${name}${comment}\n  email: ${email}`;
    return `${above}${row}${comment}\n`;
  });
  const text = head + (rows.length === 0 ? "[]\n" : lines.join("")) + behind;
  return (hasLastBreak ? text : text.replace(/\n$/, "")).replaceAll("\n", lineBreak);
}

const person = fc.constantFrom(...users);
const json = fc.record({
  rows: spelled.chain((emails) =>
    fc.tuple(
      ...emails.map((email) =>
        fc.record({
          name: fc.constantFrom("a", "b"),
          email: fc.constant(email),
          people: fc.uniqueArray(person),
        }),
      ),
    ),
  ),
  isMapping: fc.boolean(),
  indent: fc.constantFrom(0, 2, "\t"),
});

const runs = { numRuns: Number(process.env["RUNS"] ?? 100) };

describe("removePeople", { timeout: 120_000 }, () => {
  it("leaves every byte of other rows in a CSV file", async () => {
    const config = template("rows.csv").replace(', mentions: "${each.people}"', "");
    await fc.assert(
      fc.asyncProperty(csv, async (table) => {
        const text = renderCsv(table, () => true);
        expect([text, await remove("rows.csv", text, config)]).toEqual([text, renderCsv(table, isKept)]);
      }),
      runs,
    );
  });

  it("leaves every byte of other rows in a YAML file", async () => {
    const config = template("rows.yaml").replace(', mentions: "${each.people}"', "");
    await fc.assert(
      fc.asyncProperty(yaml, async (file) => {
        const text = renderYaml(file, () => true);
        expect([text, await remove("rows.yaml", text, config)]).toEqual([text, renderYaml(file, isKept)]);
      }),
      runs,
    );
  });

  it("gives what JSON without the rows, and people in the lists, of departed users prints", async () => {
    await fc.assert(
      fc.asyncProperty(json, async ({ rows, isMapping, indent }) => {
        const print = (list: typeof rows): string =>
          isMapping
            ? JSON.stringify(Object.fromEntries(list.map(({ email, ...row }) => [email, row])), null, indent)
            : JSON.stringify(list, null, indent);
        const kept = rows
          .filter(({ email }) => isKept(email))
          .map((row) => ({ ...row, people: row.people.filter(isKept) }));
        const config = template("rows.json").replace("each.email", isMapping ? "each.key" : "each.email");
        const text = print(rows);
        expect([text, await remove("rows.json", text, config)]).toEqual([text, print(kept)]);
      }),
      runs,
    );
  });
});
