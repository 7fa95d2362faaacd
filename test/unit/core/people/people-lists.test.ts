import { describe, expect, test } from "vitest";
import { sourceRef, userId } from "../../../../src/core/calls/reference.js";
import {
  entryKey,
  entryReference,
  entryText,
  isSourceKey,
} from "../../../../src/core/people/people-lists.js";

const id = "8F6C1F5E-3C2B-4A09-9A41-2D1B8E0C7A55";

describe("entryKey", () => {
  test("people by e-mail, by id, and sources have different keys", () => {
    const entries = [userId("Jane@Example.com"), userId(id), sourceRef("group", "Support")];
    expect(entries.map(entryKey)).toEqual(["user:jane@example.com", id.toLowerCase(), "group:Support"]);
  });

  test("the order, the repetition and the spelling of exceptions do not matter", () => {
    const jane = userId("jane@example.com");
    const leads = sourceRef("team", "Leads");
    const one = sourceRef("group", "Support", [jane, leads]);
    const other = sourceRef("group", "Support", [leads, userId("JANE@example.com"), jane]);
    expect(entryKey(one)).toBe('group:Support except ["team:Leads","user:jane@example.com"]');
    expect(entryKey(other)).toBe(entryKey(one));
  });
});

describe("entryReference and entryText", () => {
  const nested = sourceRef("group", "A", [sourceRef("group", "B", [userId("b@example.com")])]);

  test.each([
    [entryKey(nested), "group:A", "group A"],
    ["team:Night", "team:Night", "team Night"],
    ["queue:Sales", "queue:Sales", "queue Sales"],
    ["reportsOf:jane@example.com", "reportsOf:jane@example.com", "reports of jane@example.com"],
    ["skillGroup:Spanish", "skillGroup:Spanish", "skill group Spanish"],
    ["user:jane@example.com", "user:jane@example.com", "jane@example.com"],
    [id, id, id],
  ])("%s", (key, reference, text) => {
    expect(entryReference(key)).toBe(reference);
    expect(entryText(key)).toBe(text);
    expect(isSourceKey(key)).toBe(text.includes(" "));
  });
});
