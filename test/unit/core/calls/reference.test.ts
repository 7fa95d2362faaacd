import { describe, expect, test } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import type { Ref } from "../../../../src/core/calls/reference.js";
import { refsIn, sourceRef, substitute, toSource, userId } from "../../../../src/core/calls/reference.js";

const jane = userId("jane@example.com") as Ref;
const leads = sourceRef("team", "Leads");
const known: Readonly<Record<string, Json>> = {
  "group:Support": ["j", "s", "l"],
  "user:jane@example.com": "j",
  "team:Leads": ["l"],
};

describe("references to people and sources", () => {
  test("keep the spelling of an e-mail beside its key", () => {
    expect(userId("Jane@Example.com")).toEqual({
      $ref: "user:jane@example.com",
      field: "id",
      written: "Jane@Example.com",
    });
    expect(sourceRef("reportsOf", "Jane@Example.com").written).toBe("Jane@Example.com");
    expect(jane.written).toBeUndefined();
  });

  test("are told from references to resources", () => {
    expect(toSource("group:A:b")).toEqual({ type: "group", name: "A:b" });
    expect(["user:jane@example.com", "rooms/desk", "groups:A", ":x"].map(toSource)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("are found within exceptions", () => {
    const list = [sourceRef("group", "Support", [jane, sourceRef("group", "A", [leads])])];
    expect(refsIn(list).map(({ $ref }) => $ref)).toEqual([
      "group:Support",
      "user:jane@example.com",
      "group:A",
      "team:Leads",
    ]);
  });
});

describe("substitute", () => {
  const resolve = ({ $ref }: Ref): Json | undefined => known[$ref];

  test("leaves out the exceptions of a source, and of no other entry", () => {
    const list = ["x", sourceRef("group", "Support", [jane, leads]), jane];
    expect(substitute<Json>(list, resolve)).toEqual(["x", "s", "j"]);
  });

  test("applies the exceptions of an excepted source", () => {
    const list = [sourceRef("group", "Support", [sourceRef("group", "Support", [jane])])];
    expect(substitute<Json>(list, resolve)).toEqual(["j"]);
  });

  test("keeps a source as a reference while one of its exceptions is unknown", () => {
    const list = [sourceRef("group", "Support", [userId("nobody@example.com")])];
    expect(substitute<Json>(list, resolve)).toBe(list);
  });
});
