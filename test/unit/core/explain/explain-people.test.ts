import { describe, expect, test } from "vitest";
import type { ListHistory } from "../../../../src/core/explain/explain-people.js";
import { explainPeople } from "../../../../src/core/explain/explain-people.js";

function explain(
  before: readonly string[],
  after: readonly string[],
  history: Partial<ListHistory>,
): readonly (readonly [string | undefined, string, string, string | undefined])[] {
  const found = explainPeople("/participants", before, after, {
    ...{ desired: {}, recorded: {}, applied: [], departed: new Map() },
    ...history,
  });
  expect(found.every(({ path }) => path === "/participants")).toBe(true);
  return found.map(({ user, reason, text, reference }) => [user, reason, text, reference]);
}

describe("explainPeople: added", () => {
  const support = "group:Support";

  test("by the config: as a person, or as a member of a new source", () => {
    const now = { "user:jane@x.com": ["jane"], [support]: ["sam"] };
    expect(explain([], ["jane", "sam"], { desired: now, applied: undefined })).toEqual([
      ["jane", "declared", "declared", "user:jane@x.com"],
      ["sam", "declared", "member of group Support", support],
    ]);
  });

  test("as somebody who joined a source, also where a new entry names them too", () => {
    const history = {
      desired: { "user:sam@x.com": ["sam"], [support]: ["sam"] },
      recorded: { [support]: [] },
    };
    expect(explain([], ["sam"], history)).toEqual([
      ["sam", "joined-source", "joined group Support", support],
    ]);
  });

  test("as somebody who joined a source, or left an excepted one", () => {
    const key = 'group:All except ["queue:Sales"]';
    expect(explain([], ["sam"], { desired: { [key]: ["sam"] }, recorded: { [key]: [] } })).toEqual([
      ["sam", "joined-source", "joined group All, or left an excepted source", "group:All"],
    ]);
  });

  test("as newly declared, where the config named others at the last apply", () => {
    const history = { desired: { "user:jane@x.com": ["jane"] }, applied: ["sam"] };
    expect(explain(["sam"], ["jane", "sam"], history)).toEqual([
      ["jane", "declared", "newly declared", "user:jane@x.com"],
    ]);
  });

  test.each([
    ["group:A", "member of group A", "joined group A", "left group A"],
    ["team:A", "member of team A", "joined team A", "left team A"],
    ["queue:A", "member of queue A", "now in queue A", "no longer in queue A"],
    ["skillGroup:A", "member of skill group A", "now in skill group A", "no longer in skill group A"],
    ["reportsOf:a@x.com", "reports to a@x.com", "now reports to a@x.com", "no longer reports to a@x.com"],
  ])("and removed, in words that fit the source: %s", (key, member, joined, left) => {
    const [none, one] = [{ [key]: [] }, { [key]: ["sam"] }];
    expect(explain([], ["sam"], { desired: one, applied: undefined })[0]?.[2]).toBe(member);
    expect(explain([], ["sam"], { desired: one, recorded: none })[0]?.[2]).toBe(joined);
    expect(explain(["sam"], [], { desired: none, recorded: one, applied: ["sam"] })[0]?.[2]).toBe(left);
  });

  test("and removed, with the e-mail of a manager whom the config names by id", () => {
    const [none, one] = [{ "reportsOf:m": [] }, { "reportsOf:m": ["sam"] }];
    const people = { m: "max@x.com" };
    const text = (...[before, after, history]: Parameters<typeof explain>): string | undefined =>
      explain(before, after, { ...history, people })[0]?.[2];
    expect(text([], ["sam"], { desired: one, applied: undefined })).toBe("reports to max@x.com");
    expect(text([], ["sam"], { desired: one, recorded: none })).toBe("now reports to max@x.com");
    const removed = { recorded: one, applied: ["sam"] };
    expect(text(["sam"], [], { ...removed, desired: none })).toBe("no longer reports to max@x.com");
    expect(text(["sam"], [], removed)).toBe("no longer declared: reports of max@x.com");
  });

  test("as somebody who was removed outside, whatever gives them", () => {
    const history = { desired: { [support]: ["sam"] }, recorded: { [support]: ["sam"] }, applied: ["sam"] };
    expect(explain([], ["sam"], history)).toEqual([["sam", "removed-outside", "removed outside", support]]);
  });

  test("as a re-created user, whose old account is removed", () => {
    const history = {
      desired: { "user:sam@x.com": ["new"] },
      recorded: { "user:sam@x.com": ["old"] },
      applied: ["old"],
    };
    expect(explain(["old"], ["new"], history)).toEqual([
      ["old", "recreated", "re-created with another id", "user:sam@x.com"],
      ["new", "recreated", "re-created with another id", "user:sam@x.com"],
    ]);
  });
});

describe("explainPeople: removed", () => {
  const night = 'team:Night except ["user:kim@x.com"]';

  test("as somebody who left a source, named without its exceptions", () => {
    const history = { desired: { [night]: [] }, recorded: { [night]: ["sam"] }, applied: ["sam"] };
    expect(explain(["sam"], [], history)).toEqual([["sam", "left-source", "left team Night", "team:Night"]]);
  });

  test("as somebody who joined an excepted source", () => {
    const key = (type: string): string => `group:All except ["${type}:Night"]`;
    const sources = (type: string): ListHistory["sources"] =>
      new Map([
        ["group:All", ["sam"]],
        [`${type}:Night`, ["sam"]],
      ]);
    for (const [type, text] of [
      ["group", "joined the excepted group Night"],
      ["queue", "now in the excepted queue Night"],
      ["reportsOf", "now excepted as a report of Night"],
    ] as const) {
      const lists = { desired: { [key(type)]: [] }, recorded: { [key(type)]: ["sam"] }, applied: ["sam"] };
      expect(explain(["sam"], [], { ...lists, sources: sources(type) })).toEqual([
        ["sam", "joined-excepted", text, `${type}:Night`],
      ]);
    }
  });

  test("as a departed member of a source", () => {
    const departed = new Map([["sam", { state: "inactive" as const }]]);
    const history = { desired: { [night]: [] }, recorded: { [night]: ["sam"] }, applied: ["sam"], departed };
    expect(explain(["sam"], [], history)).toEqual([["sam", "departed", "departed", "team:Night"]]);
  });

  test("by the config, also where the person left another source", () => {
    const then = { [night]: ["sam"], "user:sam@x.com": ["sam"], "group:Old": ["ana"] };
    expect(
      explain(["ana", "sam"], [], { desired: { [night]: [] }, recorded: then, applied: ["ana", "sam"] }),
    ).toEqual([
      ["ana", "no-longer-declared", "no longer declared: group Old", undefined],
      ["sam", "no-longer-declared", "no longer declared", undefined],
    ]);
  });

  test("as somebody who was added outside, or was never recorded", () => {
    expect(explain(["max"], [], {})).toEqual([["max", "added-outside", "added outside", undefined]]);
    expect(explain(["max"], [], { applied: undefined })).toEqual([
      ["max", "not-in-config", "not declared", undefined],
    ]);
  });

  test("without recorded lists, as no longer declared", () => {
    expect(explain(["max"], [], { applied: ["max"] })).toEqual([
      ["max", "no-longer-declared", "no longer declared", undefined],
    ]);
  });
});

test("explainPeople says nothing of people who stay", () => {
  expect(explain(["jane"], ["jane"], { applied: ["jane"] })).toEqual([]);
});
