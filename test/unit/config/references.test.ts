import { describe, expect, test } from "vitest";
import { readYaml } from "../../../src/config/read/read-yaml.js";
import { readConfig } from "../../../src/config/read-config.js";
import { References } from "../../../src/config/references.js";
import type { JsonObject } from "../../../src/core/json/json.js";
import { kinds } from "../../../src/resources/index.js";

const id = "8f6c1f5e-3c2b-4a09-9a41-2d1b8e0c7a55";
const document: JsonObject = {
  users: {
    "jane@example.com": {
      settings: {},
      messages: { hi: { body: "jane@example.com", mentions: ["Jane@Example.com"] } },
    },
  },
  userSettings: { agents: { members: [{ queue: "Sales" }], except: ["jane@example.com"], settings: {} } },
  rooms: {
    desk: {
      subject: "jane@example.com",
      owners: [id.toUpperCase(), { reportsOf: "Jane@example.com" }],
      participants: [
        ["sam@example.com", [{ group: "Support", except: ["jane@example.com", { team: "Night" }] }]],
        { skillGroup: "Spanish" },
      ],
    },
    "desk/2": { participants: [{ group: "Support" }, "sam@example.com"] },
  },
};
const references = new References(document, new Set(["users"]));
const find = (reference: string, within?: string): readonly string[] =>
  references.find(reference, within).map(({ at, atKey }) => `${at}${atKey ? " (key)" : ""}`);

describe("References", () => {
  test("finds people as names of blocks, in lists, in lists within lists, and in exceptions", () => {
    expect(find("user:jane@example.com")).toEqual([
      "/users/jane@example.com (key)",
      "/users/jane@example.com/messages/hi/mentions/0",
      "/userSettings/agents/except/0",
      "/rooms/desk/owners/1/reportsOf",
      "/rooms/desk/participants/0/1/0/except/0",
    ]);
    expect(find(id)).toEqual(["/rooms/desk/owners/0"]);
    expect(find(`user:${id}`)).toEqual(find(id));
  });

  test.each([
    ["group:Support", ["/rooms/desk/participants/0/1/0/group", "/rooms/desk~12/participants/0/group"]],
    [
      'group:Support except ["user:jane@example.com"]',
      ["/rooms/desk/participants/0/1/0/group", "/rooms/desk~12/participants/0/group"],
    ],
    ["team:Night", ["/rooms/desk/participants/0/1/0/except/1/team"]],
    ["queue:Sales", ["/userSettings/agents/members/0/queue"]],
    ["skillGroup:Spanish", ["/rooms/desk/participants/1/skillGroup"]],
    ["reportsOf:jane@example.com", ["/rooms/desk/owners/1/reportsOf"]],
    ["group:support", []],
    ["team:Support", []],
    ["user:desk", []],
  ])("finds %s", (reference, places) => {
    expect(find(reference)).toEqual(places);
  });

  test("finds the places within a resource, then the name of the user's block that it is in", () => {
    expect(find("user:jane@example.com", "/rooms/desk")).toHaveLength(2);
    expect(find("user:jane@example.com", "/rooms/desk/participants")).toHaveLength(1);
    expect(find("user:jane@example.com", "/rooms/des")).toEqual([]);
    expect(find("user:sam@example.com", "/rooms/desk~12")).toEqual(["/rooms/desk~12/participants/1"]);
    expect(find("user:jane@example.com", "/users/jane@example.com/settings")).toEqual([
      "/users/jane@example.com (key)",
    ]);
    expect(find("user:jane@example.com", "/users/jane@example.com/messages/hi")).toEqual([
      "/users/jane@example.com/messages/hi/mentions/0",
      "/users/jane@example.com (key)",
    ]);
  });

  test("finds 20,000 references among 20,000", () => {
    const rooms = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, at) => [
        `r${at}`,
        { owners: ["one@example.com", `u${at}@example.com`] },
      ]),
    );
    const many = new References({ rooms }, new Set());
    let found = 0;
    for (let at = 0; at < 10_000; at++) {
      found += many.find("user:one@example.com", `/rooms/r${at}`).length;
      found += many.find(`user:u${at}@example.com`).length;
    }
    expect(found).toBe(20_000);
  });

  test("finds 20,000 references to one user within one chat", () => {
    const messages = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`m${at}`, { mentions: ["one@example.com"] }]),
    );
    const many = new References({ users: { "one@example.com": { messages } } }, new Set(["users"]));
    let found = 0;
    for (let at = 0; at < 20_000; at++)
      found += many.find("user:one@example.com", `/users/one@example.com/messages/m${at}`).length;
    expect(found).toBe(40_000);
  });
});

test("a list behind an alias is one place", async () => {
  const text = `version: 1
rooms:
  a: { subject: A, owners: &team [jane@example.com] }
  b: { subject: B, owners: *team, participants: [*team, sam@example.com] }
`;
  const variables = { env: {}, vars: {} };
  const { places, diagnostics } = await readConfig([await readYaml("a.yaml", Buffer.from(text))], {
    variables,
    kinds,
    cwd: ".",
  });
  expect(diagnostics).toEqual([]);
  const found = (within?: string): readonly (readonly number[])[] =>
    places
      .findReferences("user:jane@example.com", within)
      .map(({ range: { start } }) => [start.line, start.column]);
  expect(found()).toEqual([[3, 35]]);
  expect(found("/rooms/b")).toEqual([[3, 35]]);
});
