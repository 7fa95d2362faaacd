import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import { searchBy } from "../../../../src/emulator/input/criteria.js";
import { Refusal } from "../../../../src/emulator/input/refusal.js";

interface Person {
  readonly name: string;
  readonly email: string;
}
const people: readonly Person[] = [
  { name: "Ann", email: "Ann@x.com" },
  { name: "Ben", email: "ben@x.com" },
  { name: "Ben", email: "ben@y.com" },
];
const fields = { name: (person: Person) => person.name, email: (person: Person) => person.email };
const limits = { searchMaxCriteria: 2, searchMaxValues: 3, searchCase: "any" } as const;

function find(...query: readonly Json[]): string[] {
  return people.filter(searchBy(query, fields, limits)).map(({ email }) => email);
}

function getCode(...query: readonly Json[]): unknown {
  try {
    find(...query);
  } catch (error) {
    return error instanceof Refusal ? `${error.status} ${error.code}` : error;
  }
  return undefined;
}

const exact = (field: string, ...values: string[]) => ({ type: "EXACT", fields: [field], values });

describe("searchBy", () => {
  it("accepts values as alternatives, in any case", () => {
    expect(find(exact("email", "ANN@X.COM", "ben@y.com", "no@x.com"))).toEqual(["Ann@x.com", "ben@y.com"]);
  });

  it("accepts a single value", () => {
    expect(find({ type: "EXACT", fields: ["email"], value: "ann@x.com" })).toEqual(["Ann@x.com"]);
  });

  it("searches any of the fields", () => {
    expect(find({ type: "EXACT", fields: ["name", "email"], values: ["Ann", "ben@x.com"] })).toHaveLength(2);
  });

  it("does not match part of a value", () => {
    expect(find(exact("email", "ben"))).toEqual([]);
  });

  it("matches the beginnings of values with STARTS_WITH", () => {
    expect(find({ type: "STARTS_WITH", fields: ["email"], value: "BEN@" })).toEqual([
      "ben@x.com",
      "ben@y.com",
    ]);
  });

  it("narrows with each criterion", () => {
    expect(find(exact("name", "Ben"), exact("email", "ben@y.com"))).toEqual(["ben@y.com"]);
    expect(find(exact("email", "ann@x.com"), exact("email", "ben@y.com"))).toEqual([]);
  });

  it("widens with OR and excludes with NOT", () => {
    expect(
      find(exact("email", "ann@x.com"), { ...exact("email", "ben@y.com"), operator: "OR" }),
    ).toHaveLength(2);
    expect(find(exact("name", "Ben"), { ...exact("email", "ben@y.com"), operator: "NOT" })).toEqual([
      "ben@x.com",
    ]);
    expect(find({ ...exact("name", "Ben"), operator: "NOT" })).toEqual(["Ann@x.com"]);
  });

  it.each<[string, Json[]]>([
    ["400 bad.request", []],
    ["400 bad.request", ["email"]],
    ["400 bad.request", [{ type: "EXACT", fields: [], value: "a" }]],
    ["400 bad.request", [{ type: "EXACT", fields: ["email"] }]],
    ["400 invalid.value", [{ type: "TERM", fields: ["email"], value: "a" }]],
    ["400 invalid.value", [{ type: "EXACT", fields: ["age"], value: "a" }]],
    ["400 invalid.value", [{ type: "EXACT", fields: ["toString"], value: "a" }]],
    ["400 invalid.value", [{ type: "EXACT", fields: ["email"], values: [1] }]],
    ["400 invalid.value", [{ ...exact("email", "a"), operator: "XOR" }]],
    ["400 too.many.search.criteria", [exact("email", "a"), exact("email", "a"), exact("email", "a")]],
    ["400 search.criteria.values.exceed.limit", [exact("email", "a", "b", "c", "d")]],
  ])("refuses with %s: %j", (code, query) => {
    expect(getCode(...query)).toBe(code);
  });
});
