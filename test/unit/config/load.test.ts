import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Loaded } from "../../../src/config/load.js";
import { loadDesired } from "../../../src/config/load.js";
import { kinds } from "../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-load-"));
});
afterEach(() => rm(cwd, { recursive: true }));

async function load(files: Readonly<Record<string, string>>, vars: readonly string[] = []): Promise<Loaded> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const env = { TOWN: "Bern" };
  return loadDesired({ paths: Object.keys(files), vars, varFiles: [], env, cwd, kinds });
}

const addresses = ({ resources }: Loaded): readonly string[] => resources.map(({ address }) => address);
const codes = ({ diagnostics }: Loaded): readonly string[] => diagnostics.map(({ code }) => code);

const room = (...lines: readonly string[]): string =>
  ["version: 1", "rooms:", "  lobby:", "    subject: Lobby", ...lines.map((line) => `    ${line}`), ""].join(
    "\n",
  );

describe("loadDesired", () => {
  it("merges files, whatever their order; a user's parts may stand in several", async () => {
    const files = {
      "a.yaml": "version: 1\nusers:\n  Jane.Doe@Example.com:\n    messages: { hello: { body: Hello } }\n",
      "b.json": '{"version":1,"settings":{"reactionsEnabled":true},"rooms":{"lobby":{"subject":"Lobby"}}}',
      "c.yaml":
        "version: 1\nusers:\n  jane.doe@example.com:\n    settings: { mobile: { notifications: { when: Always } } }\n    messages: { bye: { body: Bye } }\n",
    };
    const loaded = await load(files);
    const other = await load(Object.fromEntries(Object.entries(files).reverse()));

    expect(loaded.diagnostics).toEqual([]);
    expect(addresses(loaded)).toEqual([
      "rooms/lobby",
      "settings",
      "users/jane.doe@example.com/messages/bye",
      "users/jane.doe@example.com/messages/hello",
      "users/jane.doe@example.com/settings",
    ]);
    expect(other.resources.map((one) => JSON.stringify(one))).toEqual(
      loaded.resources.map((one) => JSON.stringify(one)),
    );
  });

  it("has safety's defaults, and the values that the config declares for safety and state", async () => {
    expect((await load({ "a.yaml": "version: 1\n" })).safety).toMatchObject({
      maxDeletions: 20,
      maxDeletionPercent: 30,
    });
    const loaded = await load({
      "a.yaml": "version: 1\nsafety: { maxDeletions: 3 }\nstate: { path: x.json }\n",
    });

    expect(loaded.safety).toMatchObject({ maxDeletions: 3, maxDeletionPercent: 30 });
    expect(loaded.state).toEqual({ config: { path: "x.json" }, declaredPath: "x.json" });
  });

  it("lets references stand for numbers and booleans, in quotes too, as brackets and JSON need them", async () => {
    const settings = (days: string, on: string): string =>
      `version: 1\nsettings:\n  messageRetentionPeriodDays: ${days}\n  reactionsEnabled: ${on}\n`;
    const vars = ["days=365", "on=false"];
    const loaded = await load({ "a.yaml": settings("${var:days}", "${var:on}") }, vars);

    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.document["settings"]).toEqual({ messageRetentionPeriodDays: 365, reactionsEnabled: false });
    const json = '{ "version": 1, "settings": { "messageRetentionPeriodDays": "${var:days}" } }';
    expect((await load({ "a.json": json }, vars)).document["settings"]).toEqual({
      messageRetentionPeriodDays: 365,
    });
    expect(codes(await load({ "a.yaml": settings('"${var:days} "', "${env:TOWN}") }, vars))).toEqual([
      "wrong-type",
      "wrong-type",
    ]);
  });

  it("never shows what a variable stands for, wherever it is wrong", async () => {
    const secret = "S3cret-Value";
    const wrong = room(
      "owners: ['${env:LOGIN}', '${var:token}']",
      "participants: [{ group: '${env:LOGIN}' }, { group: '${env:LOGIN}' }]",
      "participantsMode: ${env:LOGIN}",
      "protect: ${env:LOGIN}",
      "jid: ${var:token}",
      "ignore: ['${env:LOGIN}']",
      "messages: { hello: { body: Hello, replyTo: '${env:LOGIN}', mentions: ['${var:token}'] } }",
    );
    const unknown = room(
      "participants: [{ group: '${env:LOGIN}' }, { group: '${var:token}' }]",
      "pinnedMessageIds: ['${var:token}', a, b, c, d, '${env:LOGIN}']",
      "messages: { hello: { body: Hello, replyTo: '${env:NAME}' } }",
    );
    const settings = "version: ${env:LOGIN}\nsettings: { messageRetentionPeriodDays: '${env:NUMBER}' }\n";
    const found = await Promise.all(
      Object.entries({ wrong, unknown, settings }).map(async ([name, text]) => {
        await writeFile(join(cwd, `${name}.yaml`), text);
        return loadDesired({
          paths: [`${name}.yaml`],
          vars: [`token=${secret}`],
          varFiles: [],
          env: { LOGIN: secret, NUMBER: "987654", NAME: "s3cret-value" },
          cwd,
          kinds,
        });
      }),
    );

    expect(found.map(({ diagnostics }) => diagnostics.length)).toEqual([8, 4, 2]);
    expect(JSON.stringify(found.map(({ diagnostics }) => diagnostics))).not.toMatch(/s3cret-value|987654/i);
  });

  it.each([
    ["yaml-syntax", "token: [S3cret\n"],
    ["yaml-syntax", "token: 'S3cret' S3cret\n"],
    ["unknown-alias", "token: *S3cret\n"],
    ["unknown-tag", "token: !S3cret x\n"],
    ["bad-interpolation", "token: a${S3cret\n"],
    ["undefined-variable", "token: a${env:S3cret}\n"],
    ["wrong-type", "token: { S3cret: S3cret }\n"],
    ["not-a-mapping", "S3cret\n"],
    ["duplicate-key", "token: S3cret\ntoken: S3cret\n"],
    ["not-utf8", Buffer.from([...Buffer.from("token: S3cret"), 0xff])],
  ])(
    "shows the place of what is wrong in a file of variables, but not what stands there: %s",
    async (code, text) => {
      await writeFile(join(cwd, "a.yaml"), room());
      await writeFile(join(cwd, "vars.yaml"), text);
      const options = { paths: ["a.yaml"], vars: [], varFiles: ["vars.yaml"], env: {}, cwd, kinds };
      const { diagnostics } = await loadDesired(options);

      expect(diagnostics).toMatchObject([{ code, range: { file: "vars.yaml" } }]);
      expect(JSON.stringify(diagnostics)).not.toContain("S3cret");
    },
  );

  it("counts offsets in bytes", async () => {
    const text = 'version: 1\nrooms:\n  lobby: { subject: "Zürich 🏔", subjct: é }\nsétings: {}\n';
    const bytes = Buffer.from(text);
    for (const mark of ["", "\ufeff"]) {
      const { diagnostics } = await load({ "a.yaml": `${mark}${text}` });
      const written = diagnostics.map(({ range }) =>
        bytes
          .subarray(
            (range?.start.offset ?? 0) - Buffer.byteLength(mark),
            (range?.end.offset ?? 0) - Buffer.byteLength(mark),
          )
          .toString(),
      );
      expect(written).toEqual(["subjct", "sétings"]);
    }
  });

  it("keeps text that looks like a number as text, where text is wanted", async () => {
    const loaded = await load({ "a.yaml": room("description: ${var:year}") }, ["year=2027"]);

    expect(loaded.document).toMatchObject({ rooms: { lobby: { description: "2027" } } });
    expect(loaded.diagnostics).toEqual([]);
  });

  it("says how many participants are too many", async () => {
    const people = (count: number): string =>
      `participants: [${Array.from({ length: count }, (_one, at) => `u${at}@example.com`).join(", ")}]`;

    expect(codes(await load({ "a.yaml": room(people(1000)) }))).toEqual([]);
    expect((await load({ "a.yaml": room(people(1001)) })).diagnostics).toMatchObject([
      { code: "too-many-participants", range: { start: { line: 5, column: 5 } } },
    ]);
  });

  it("sorts problems by file and place, those without a place first", async () => {
    const loaded = await load({ "b.yaml": "version: 2\nx: 1\n", "a.yaml": "version: 1\ny: 1\n" }, ["broken"]);

    expect(loaded.diagnostics.map(({ code, range }) => [code, range?.file, range?.start.line])).toEqual([
      ["bad-variable", undefined, undefined],
      ["unknown-key", "a.yaml", 2],
      ["unsupported-version", "b.yaml", 1],
      ["unknown-key", "b.yaml", 2],
    ]);
  });

  it("says nothing about an environment that a missing file may declare", async () => {
    const options = { paths: ["chatform.yaml"], vars: [], varFiles: [], env: {}, cwd, kinds };
    const missing = await loadDesired({ ...options, environment: "prod" });
    expect(codes(missing)).toEqual(["file-not-found"]);

    await writeFile(join(cwd, "chatform.yaml"), room());
    expect(codes(await loadDesired({ ...options, environment: "prod" }))).toEqual(["unknown-environment"]);
  });

  it("finds the place of a value, a name, and what they are in", async () => {
    const places = (await load({ "a.yaml": room("owners: [jane.doe@example.com]") })).places;
    const at = (pointer: string, atKey?: boolean): unknown => {
      const { start, end } = places.locate(pointer, atKey)?.range ?? {};
      return [start?.line, start?.column, end?.column];
    };

    expect(at("/rooms/lobby/owners/0")).toEqual([5, 14, 34]);
    expect(at("/rooms/lobby/owners", true)).toEqual([5, 5, 11]);
    expect(at("/rooms/lobby", true)).toEqual([3, 3, 8]);
    expect(at("/rooms/lobby/nowhere/x")).toEqual([3, 3, 8]);
    expect(places.locate("/settings")).toBeUndefined();
  });

  it("finds places in files that were read without them", async () => {
    const loaded = await load({
      "a.yaml": "version: 1\nrooms:\n  lobby:\n    subject: Lobby\n",
      "b.json": '{ "version": 1, "rooms": { "desk": { "subject": "Desk" } } }',
    });
    const { places } = loaded;

    expect(places.locate("/rooms/lobby/subject")?.range.start).toMatchObject({ line: 4, column: 14 });
    expect(places.locate("/rooms/desk", true)?.range).toMatchObject({
      file: "b.json",
      start: { column: 28 },
    });
  });

  it("finds all places that refer to a person or a group", async () => {
    const loaded = await load({
      "a.yaml": room("owners: [Jane.Doe@example.com]", "participants: [sam@example.com, { group: Support }]"),
      "b.yaml": "version: 1\nusers:\n  jane.doe@example.com: { messages: { m: { body: Hi } } }\n",
    });
    const { places: found } = loaded;
    const places = (reference: string): unknown =>
      found.findReferences(reference).map(({ range: { file, start } }) => [file, start.line, start.column]);

    expect(places("user:jane.doe@example.com")).toEqual([
      ["a.yaml", 5, 14],
      ["b.yaml", 3, 3],
    ]);
    expect(places("group:Support")).toEqual([["a.yaml", 6, 46]]);
    expect(places("user:nobody@example.com")).toEqual([]);
  });

  it("takes 500 users and 100 rooms of 30", async () => {
    const users = Array.from({ length: 500 }, (_one, at) => `u${at}@example.com`);
    const list = users.slice(0, 30).join(", ");
    const text = [
      "version: 1",
      "users:",
      ...users.map((user) => `  ${user}: { settings: { mobile: { notifications: { when: Always } } } }`),
      "rooms:",
      ...Array.from(
        { length: 100 },
        (_one, at) => `  r${at}: { subject: Room ${at}, participants: [${list}] }`,
      ),
    ].join("\n");
    const loaded = await load({ "a.yaml": text });

    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.resources).toHaveLength(600);
  });
});
