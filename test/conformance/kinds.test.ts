import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeEach, afterEach, describe, expect, test } from "vitest";
import { requestSchemas } from "../../src/api/operations/models.js";
import type { OperationName } from "../../src/api/operations/operations.js";
import { isOperation, operation, pathParams } from "../../src/api/operations/operations.js";
import { desiredStateSchema } from "../../src/config/schema/schema.js";
import { addressMatcher } from "../../src/core/address.js";
import type { Call } from "../../src/core/calls/call.js";
import type { JsonObject } from "../../src/core/json/json.js";
import type { Kind } from "../../src/core/kind/kind.js";
import { isRef } from "../../src/core/calls/reference.js";
import type { ResolvedResource } from "../../src/core/kind/resource.js";
import { kinds } from "../../src/resources/index.js";
import { getOperations } from "../helpers/kind-operations.js";
import { actions, loadResources, statuses, World } from "../helpers/world.js";

/** A config with resources of a kind, one with them changed, and one without them. */
interface Sample {
  readonly first: JsonObject;
  readonly changed: JsonObject;
  readonly left: JsonObject;
}

const phone = (when: string): JsonObject => ({ mobile: { notifications: { when } } });
const lobby = (rest: JsonObject): JsonObject => ({ rooms: { lobby: { subject: "Lobby", ...rest } } });
const sam = (rest: JsonObject): JsonObject => ({ users: { "sam@example.com": rest } });
const a = { body: "A", reactions: ["👍"], mentions: ["ana@example.com"] };
const b = { body: "B", replyTo: "a" };

const samples: Readonly<Record<string, Sample>> = {
  settings: {
    first: { settings: { messageRetentionPeriodDays: 400, reactionsEnabled: true } },
    changed: { settings: { messageRetentionPeriodDays: 500, reactionsEnabled: false } },
    left: {},
  },
  "me/settings": {
    first: { me: { settings: { muted: true } } },
    changed: { me: { settings: { muted: false, mentionsOnly: true, ...phone("OnlyWhenInactive") } } },
    left: {},
  },
  "users/*/settings": {
    first: sam({ settings: phone("Always") }),
    changed: sam({ settings: phone("OnlyWhenInactive") }),
    left: {},
  },
  "rooms/*": {
    first: lobby({ description: "D", owners: ["ana@example.com"], participants: ["ana@example.com"] }),
    changed: lobby({ description: "", owners: ["bo@example.com"], participants: [{ group: "Support" }] }),
    left: {},
  },
  "rooms/*/messages/*": {
    first: lobby({ messages: { a, b } }),
    changed: lobby({ messages: { a: { ...a, body: "AA", reactions: [] }, b, c: { body: "C" } } }),
    left: lobby({}),
  },
  "users/*/messages/*": {
    first: sam({ messages: { a, b } }),
    changed: sam({ messages: { a: { ...a, body: "AA", reactions: ["🎉"] }, b } }),
    left: {},
  },
  "rooms/*/pins": {
    first: lobby({ messages: { a: { ...a, pinned: true } } }),
    changed: lobby({ messages: { a: { ...a, pinned: false }, b: { ...b, pinned: true } } }),
    left: lobby({ messages: { a, b } }),
  },
  "users/*/pins": {
    first: sam({ messages: { a: { ...a, pinned: true } }, pinnedMessageIds: [] }),
    changed: sam({ messages: { a }, pinnedMessageIds: [] }),
    left: sam({ messages: { a } }),
  },
};

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.close();
});

test("every kind has a sample, and no two share a name", () => {
  expect(Object.keys(samples).sort()).toEqual(kinds.map(({ name }) => name).sort());
  expect(new Set(kinds.map(({ type }) => type)).size).toBe(kinds.length);
});

describe.each(kinds.map((kind) => [kind.name, kind] as const))("%s", (name, kind) => {
  const sample = samples[name]!;

  test("has a schema that accepts its sample, and nothing unknown", () => {
    const validate = ajv.compile(withoutId(desiredStateSchema(kinds)));
    expect(validate({ version: 1, ...sample.first })).toBe(true);
    expect(kind.declare.schema.length).toBeGreaterThan(0);
    for (const { at } of kind.declare.schema)
      expect(`${kind.declare.at}/messages/*`.startsWith(at)).toBe(true);
  });

  test("creates resources with addresses under its name", async () => {
    const own = (await loadResources(sample.first)).filter((one) => one.kind === name);
    expect(own.length).toBeGreaterThan(0);
    for (const { address } of own) {
      expect(addressMatcher(name)(address)).toBe(true);
      expect(kinds.filter((other) => addressMatcher(other.name)(address))).toEqual([kind]);
    }
  });

  test("lists operations of the table, sorted", () => {
    const operations = getOperations(name);
    expect(operations.every(isOperation)).toBe(true);
    expect(operations).toEqual([...operations].sort());
  });

  test("reads with read operations and all their parameters", async () => {
    for (const resource of await loadResources(sample.first)) {
      if (resource.kind !== name) continue;
      const subject: ResolvedResource = { ...resource, id: "ID", container: "CONTAINER" };
      const reads = kind.live.reads(subject);
      expect(reads.length).toBeGreaterThan(0);
      for (const read of reads) expectReadable(kind, read.operation, read.params, read.query ?? {});
    }
  });

  test("plans calls of the table, with bodies that match their schemas", async () => {
    const calls: Call[] = [];
    for (const document of [sample.first, sample.changed, sample.left]) {
      const { plan } = await world.plan(await loadResources(document));
      calls.push(...plan.changes.filter((one) => one.kind === name).flatMap((one) => one.calls));
      await world.apply(plan);
    }
    expect(calls.length).toBeGreaterThan(1);
    for (const call of calls) expectCallable(kind, call);
  });

  test("has nothing left to do after an apply, and after a change", async () => {
    for (const document of [sample.first, sample.changed, sample.first]) {
      const resources = await loadResources(document);
      const { plan } = await world.plan(resources);
      const own = plan.changes.filter((one) => one.kind === name && one.calls.length > 0);
      expect(own.length).toBeGreaterThan(0);
      const result = await world.apply(plan);
      expect(new Set(Object.values(statuses(result)))).toEqual(new Set(["done"]));
      const again = await world.plan(resources);
      expect(actions(again.plan)).toEqual({});
      expect(again.plan.drift).toEqual([]);
    }
  });

  test("is forgotten when it is an orphan", async () => {
    await world.apply((await world.plan(await loadResources(sample.first))).plan);
    const { plan } = await world.plan(await loadResources(sample.left));
    const own = plan.changes.filter((one) => one.kind === name);
    expect(own.map(({ action }) => action)).not.toContain("no-op");
    expect(new Set(Object.values(statuses(await world.apply(plan))))).toEqual(new Set(["done"]));
    const left = Object.values(world.state?.resources ?? {}).filter((one) => one.kind === name);
    expect(left).toEqual([]);
    expect(actions((await world.plan(await loadResources(sample.left))).plan)).toEqual({});
  });

  test("is reset or forgotten by a destroy", async () => {
    const before = JSON.stringify(getSettings(world));
    await world.apply((await world.plan(await loadResources(sample.first))).plan);
    await world.apply((await world.plan(await loadResources(sample.changed))).plan);
    const { plan, diagnostics } = await world.plan([], { mode: "destroy" });
    expect(diagnostics).toEqual([]);
    expect(new Set(Object.values(statuses(await world.apply(plan))))).toEqual(new Set(["done"]));
    expect(world.state?.resources).toEqual({});
    expect(JSON.stringify(getSettings(world))).toBe(before);
  });

  test("is documented", () => {
    const docs = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    expect(docs).toContain(`\`${name}\``);
  });
});

/** Settings of the org and its users: what a destroy brings back. */
function getSettings({ emulator }: World): unknown {
  const { settings, users } = emulator.dump();
  return [settings, users];
}

function expectReadable(
  kind: Kind,
  name: string,
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, unknown>>,
): void {
  expect(getOperations(kind.name)).toContain(name);
  expect(operation(name as OperationName).safety).toBe("read");
  expect(Object.keys(params).sort()).toEqual([...pathParams(name as OperationName)].sort());
  expect(operation(name as OperationName).query).toEqual(expect.arrayContaining(Object.keys(query)));
}

function expectCallable(kind: Kind, { operation: name, params, body }: Call): void {
  expect(getOperations(kind.name)).toContain(name);
  const { body: model } = operation(name as OperationName);
  expect(Object.keys(params).sort()).toEqual([...pathParams(name as OperationName)].sort());
  for (const value of Object.values(params)) expect(isRef(value) || value !== "").toBe(true);
  expect(body === undefined).toBe(model === null);
  if (model === null) return;
  const validate = ajv.compile(requestSchemas[model]);
  expect([validate(withoutRefs(body)), validate.errors]).toEqual([true, null]);
}

/** Returns the body as it is sent: values known only during the apply are texts. */
function withoutRefs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) => (isRef(inner) ? "known later" : inner));
}

/** A schema is known to its validator by its id only once. */
function withoutId(schema: JsonObject): JsonObject {
  const { $id: _id, ...rest } = schema;
  return rest;
}
