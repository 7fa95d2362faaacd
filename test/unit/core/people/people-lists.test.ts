import { describe, expect, test } from "vitest";
import { sourceRef, userId } from "../../../../src/core/calls/reference.js";
import {
  emptyText,
  entryExceptions,
  entryKey,
  entryReference,
  entryText,
  entryUserId,
  findException,
  isSourceKey,
  membershipText,
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
    ['group:All except ["a" or "b"]', 'group:All except ["a" or "b"]', 'group All except ["a" or "b"]'],
    ["team:Night", "team:Night", "team Night"],
    ["queue:Sales", "queue:Sales", "queue Sales"],
    ["reportsOf:jane@example.com", "reportsOf:jane@example.com", "reports of jane@example.com"],
    ["skillGroup:Spanish", "skillGroup:Spanish", "skill group Spanish"],
    ["user:jane@example.com", "user:jane@example.com", "jane@example.com"],
    [id, id, id],
  ])("%s", (key, reference, text) => {
    expect(entryReference(key)).toBe(reference);
    expect(entryText(key, {})).toBe(text);
    expect(isSourceKey(key)).toBe(text.includes(" "));
  });
});

test("users whom an entry names by id are named by e-mail, where it is known", () => {
  const emails = { m: "max@example.com" };
  expect(entryText("m", emails)).toBe("max@example.com");
  expect(entryText("reportsOf:m", emails)).toBe("reports of max@example.com");
  expect(entryText("reportsOf:n", emails)).toBe("reports of n");
  expect(entryText("group:m", emails)).toBe("group m");
  expect(membershipText("reportsOf:m", "left", emails)).toBe("no longer reports to max@example.com");
  expect(emptyText("reportsOf:m", new Map(), emails)).toBe("max@example.com has no active direct reports");
  expect(
    ["m", "reportsOf:m", "user:a@example.com", "reportsOf:a@example.com", "group:m"].map(entryUserId),
  ).toEqual(["m", "m", ...[undefined, undefined, undefined]]);
});

test("entryExceptions are those of the entry itself", () => {
  const [b, c] = [sourceRef("group", 'B "b", \\', [userId("b@example.com")]), userId("c@example.com")];
  expect(entryExceptions(entryKey(sourceRef("group", "A", [b, c])))).toEqual([
    entryKey(b),
    "user:c@example.com",
  ]);
  expect(entryExceptions("group:A")).toEqual([]);
});

describe("a source that gives nobody", () => {
  const sources = new Map([
    ["group:A", ["sam"]],
    ["reportsOf:a@x.com", ["sam"]],
    ["team:Old", []],
  ]);

  test.each([
    ['group:A except ["team:B"]', "all members of the group A are excepted"],
    ['reportsOf:a@x.com except ["team:B"]', "all reports of a@x.com are excepted"],
    ["reportsOf:b@x.com", "b@x.com has no active direct reports"],
    ["team:Old", "the team Old has no active members"],
  ])("%s", (key, text) => {
    expect(emptyText(key, sources)).toBe(text);
  });
});

describe("findException", () => {
  const sources = new Map([
    ["group:All", ["sam", "ana"]],
    ["group:Night", ["sam"]],
    ["team:Leads", ["ana"]],
  ]);

  test.each<readonly [key: string, user: string, others: readonly string[], expected: string | undefined]>([
    ['group:All except ["group:Night","team:Leads"]', "sam", [], "group:Night"],
    ['group:All except ["group:Night","team:Leads"]', "ana", [], "team:Leads"],
    ["group:All", "ana", ["group:Night", "team:Leads"], "team:Leads"],
    ['group:All except ["group:Night"]', "ana", [], undefined],
    // Bob left the source itself, and nothing is known of the queue.
    ['group:All except ["group:Night"]', "bob", [], undefined],
    ['queue:Sales except ["group:Night"]', "sam", [], undefined],
    [
      'group:All except ["group:Night except [\\"user:x@x.com\\"]"]',
      "sam",
      [],
      'group:Night except ["user:x@x.com"]',
    ],
    ['group:All except ["group:All except [\\"group:Night\\"]"]', "sam", [], undefined],
  ])("%s: %s", (key, user, others, expected) => {
    expect(findException(key, user, sources, others)).toBe(expected);
  });
});
