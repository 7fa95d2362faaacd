import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { validateDesiredState } from "../../../../src/generated/desired-state.cjs";
import { desiredStateSchema } from "../../../../src/config/schema/schema.js";
import type { Json, JsonObject } from "../../../../src/core/json/json.js";
import { isObject } from "../../../../src/core/json/json.js";
import { kinds } from "../../../../src/resources/index.js";

const schema = desiredStateSchema(kinds);
const isValid = new Ajv2020({ strict: true, strictTypes: false }).compile(schema);

describe("the schema of the desired state", () => {
  it("closes every object", () => {
    const open = objectsIn(schema).filter(({ additionalProperties }) => additionalProperties === undefined);

    expect(open).toEqual([]);
  });

  it("is compiled to a function for each mapping, of which V8 compiles those that a config uses", () => {
    expect(validateDesiredState.toString().length).toBeLessThan(20_000);
  });

  it("is compiled without its descriptions, which no error shows", async () => {
    const code = await readFile(
      new URL("../../../../src/generated/desired-state.cjs", import.meta.url),
      "utf8",
    );

    expect(code).toContain('"properties":{"version":{"const":1}');
    expect(code).not.toContain('"description":"');
  });

  it("describes every top-level key, and every room's and user's", () => {
    const isUndescribed = ([, one]: [string, Json | undefined]): boolean =>
      isObject(one) && one["description"] === undefined;
    expect(Object.entries(schema["properties"] as JsonObject).filter(isUndescribed)).toEqual([]);

    const named = objectsIn(schema).flatMap(({ properties }) => (isObject(properties) ? [properties] : []));

    expect(named.length).toBeGreaterThan(10);
    for (const name of ["rooms", "users"] as const) {
      const block = (schema["properties"] as JsonObject)[name] as JsonObject;
      const inner = (block["additionalProperties"] as JsonObject)["properties"] as JsonObject;
      expect(Object.entries(inner).filter(isUndescribed)).toEqual([]);
    }
  });

  it.each([
    [{ version: 1 }, true],
    [{}, false],
    [{ version: 1, settings: {} }, false],
    [{ version: 1, rooms: { lobby: {} } }, true],
    [{ version: 1, rooms: { Lobby: {} } }, false],
    [{ version: 1, rooms: { ["a".repeat(100)]: {} } }, true],
    [{ version: 1, rooms: { ["a".repeat(101)]: {} } }, false],
    [{ version: 1, users: { "jane.doe+chat@mail.example.co.uk": {} } }, true],
    [{ version: 1, users: { "jane.o'hara@example.com": {} } }, true],
    [{ version: 1, users: { "jane@localhost": {} } }, false],
    [{ version: 1, settings: { messageRetentionPeriodDays: 10 } }, true],
    [{ version: 1, settings: { messageRetentionPeriodDays: 3650 } }, true],
    [{ version: 1, settings: { messageRetentionPeriodDays: 3651 } }, false],
    [{ version: 1, rooms: { lobby: { participants: [{ group: "Support" }, "sam@example.com"] } } }, true],
    [{ version: 1, rooms: { lobby: { owners: [{ group: "Support" }] } } }, true],
    [{ version: 1, rooms: { lobby: { owners: [["sam@example.com", [{ team: "Night" }]]] } } }, true],
    [{ version: 1, rooms: { lobby: { owners: [{ group: "Support", team: "Night" }] } } }, false],
    [{ version: 1, rooms: { lobby: { owners: [{ except: ["sam@example.com"] }] } } }, false],
  ])("says of %j: %s", (document, expected) => {
    expect(isValid(document)).toBe(expected);
  });
});

/** Every schema of an object. */
function objectsIn(value: Json): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => objectsIn(item));
  if (!isObject(value)) return [];
  const inner = Object.values(value).flatMap((item) => objectsIn(item ?? null));
  return value["type"] === "object" ? [value, ...inner] : inner;
}
