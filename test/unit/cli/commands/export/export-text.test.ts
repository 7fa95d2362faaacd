import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exportFiles, exportText } from "../../../../../src/cli/commands/export/export-text.js";
import { kinds } from "../../../../../src/resources/index.js";

/** A line in which a CI system finds a command. GitHub's runner ignores blanks of any kind before `::`. */
const command = /^\s*::|##\[|##vso\[|##teamcity\[/imu;

const none = { comments: {}, people: {} };

const toDocument = (body: string) => ({ rooms: { a: { messages: { b: { body } } } } });

test.each([
  "::set-output name=x::y",
  "Hello\n::error::x",
  "Hello\n   \t::add-mask::a",
  "Hello\n\u00a0\u3000::stop-commands::x",
  `A text that is longer than what is written in one line by default\n::error::x\n\nand goes on`,
  "a\r::error::x",
  "a\r\n::error::x",
  "##[error]x",
  "see ##[command]x\nsecond",
  "##vso[task.setvariable variable=x]y",
  "##VSO[task.complete]",
  "section_start:1:x\r\u001b[0K",
])("exported YAML runs no command of a CI system: %j", (body) => {
  const text = exportText(toDocument(body), none);
  expect(text).not.toMatch(command);
  expect(text).not.toContain("\u001b");
  expect(parse(text)).toMatchObject(toDocument(body));
});

test("an exported title runs none either", () => {
  expect(
    exportText(toDocument("x"), { comments: { a: "\n::error::x ##[command]y" }, people: {} }),
  ).not.toMatch(command);
});

test("harmless texts of several lines stay blocks", () => {
  expect(exportText(toDocument("One\nTwo: a::b\n"), none)).toContain("body: |\n");
});

test("whatever the text is: no command, and the same value", () => {
  const pieces = [
    "::",
    "##[",
    "##vso[",
    "#",
    ":",
    "\n",
    "\r",
    " ",
    "\t",
    "\u00a0",
    "\u2028",
    "\u0085",
    "\ufeff",
    "x",
    "é",
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, fc.boolean(), (piece, isLong) => {
      const body = isLong ? `${"word ".repeat(20)}${piece}` : piece;
      const text = exportText(toDocument(body), none);
      expect(text).not.toMatch(command);
      expect(parse(text)).toMatchObject(toDocument(body));
    }),
    { numRuns: 1000 },
  );
});

test("comments on people stand beside their ids in lists, and nowhere else", () => {
  const document = {
    users: { a: { settings: {} } },
    rooms: { r: { subject: "a", participants: ["a", "b"] } },
  };
  const text = exportText(document, { comments: {}, people: { a: "ana@x.com is deleted\n- evil" } });
  expect(
    text
      .split("\n")
      .filter((line) => line.includes("#"))
      .slice(1),
  ).toEqual([expect.stringMatching(/^ {6}- a # ana@x\.com is deleted.*evil$/) as string]);
  expect(parse(text)).toEqual({ version: 1, ...document });
});

test("the comments of thousands of blocks are looked up by block, in one file and in a file each", () => {
  const names = Array.from({ length: 2000 }, (_one, at) => `r${at}`);
  const rooms = Object.fromEntries(names.map((name) => [name, { subject: "R" }]));
  const comments = new Proxy(Object.fromEntries(names.map((name) => [`rooms/${name}`, `about ${name}`])), {
    ownKeys() {
      throw new Error("looked through all comments");
    },
  });
  expect(exportText({ rooms }, { comments, people: {} })).toContain("  # about r1999\n  r1999:\n");
  const files = new Map(exportFiles({ rooms }, { comments, people: {} }, kinds));
  expect(files.size).toBe(names.length);
  expect(files.get("room-r1999.yaml")).toContain("  # about r1999\n  r1999:\n");
});
