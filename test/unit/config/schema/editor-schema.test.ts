import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { editorSchema } from "../../../../src/config/schema/editor-schema.js";
import { kinds } from "../../../../src/resources/index.js";
import { docsBlocks } from "../../../helpers/docs.js";

const schema = editorSchema(kinds);
const isValid = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);
const config = (blocks: object): object => ({ version: 1, ...blocks });

describe("the schema for editors", () => {
  it("is the one in schemas/", async () => {
    const file = new URL("../../../../schemas/desired-state.schema.json", import.meta.url);

    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(schema);
  });

  it.each([
    ["a number", { settings: { messageRetentionPeriodDays: "${var:days}" } }],
    ["a boolean", { settings: { reactionsEnabled: "${var:reactions}" } }],
    ["a list", { rooms: { "team-${each.key}": { forEach: "teams.csv", owners: "${each.owners}" } } }],
    ["an e-mail", { rooms: { lobby: { owners: ["${env:LEAD}", "jane@${var:domain}"] } } }],
    ["a name of a user", { users: { "${each.email}": { forEach: ["a@example.com"] } } }],
  ])("accepts a reference in the place of %s", (_name, blocks) => {
    expect(isValid(config(blocks))).toBe(true);
  });

  it.each([
    ...["examples/demo.yaml", "examples/contact-centre/chatform.yaml", "examples/contact-centre/rooms.yaml"],
    ...["templates/chatform.yaml", "templates/rooms.yaml"],
  ])("accepts %s", async (path) => {
    const text = await readFile(new URL(`../../../../${path}`, import.meta.url), "utf8");
    expect([isValid(parse(text)), isValid.errors]).toEqual([true, null]);
  });

  it("accepts the examples of docs/configuration.md", async () => {
    const blocks = (await docsBlocks("configuration.md", "yaml")).filter((block) => /^version:/m.test(block));
    expect(blocks.length).toBeGreaterThan(6);
    for (const block of blocks)
      expect([isValid(parse(block)), isValid.errors, block]).toEqual([true, null, block]);
  });

  it.each([
    ["text that is no number", { settings: { messageRetentionPeriodDays: "many" } }],
    ["a name with upper case", { rooms: { Lobby: { subject: "Lobby" } } }],
    ["an unknown key", { rooms: { lobby: { subjct: "Lobby" } } }],
  ])("refuses %s", (_name, blocks) => {
    expect(isValid(config(blocks))).toBe(false);
  });
});
