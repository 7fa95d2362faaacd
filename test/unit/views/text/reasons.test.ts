import { describe, expect, it } from "vitest";
import type { Because } from "../../../../src/core/plan/because.js";
import type { AttributeChange } from "../../../../src/core/plan/change.js";
import { plainLine } from "../../../../src/views/text/line.js";
import { reasonComment, Reasons } from "../../../../src/views/text/reasons.js";
import { attributeLines, distinctNames } from "../../../../src/views/text/values.js";

const place = { file: "chatform.yaml", line: 12, column: 5 };

function because(reason: Because["reason"], text: string, rest: Partial<Because> = {}): Because {
  return { reason, text, ...rest };
}

describe("reasonComment", () => {
  it.each([
    [because("declared", "declared"), undefined],
    [because("changed-in-config", "changed in the config", { place }), "# chatform.yaml:12"],
    [because("changed-outside", "changed outside"), "# changed outside"],
    [because("not-in-config", "no longer in the config"), "# no longer in the config"],
    [
      because("declared", "member of group Support", { source: "group Support", place }),
      "# member of group Support (chatform.yaml:12)",
    ],
  ])("%j", (reason, comment) => {
    expect(reasonComment(reason)?.[1]).toBe(comment);
  });
});

const participants = (before: readonly string[], after: readonly string[]): AttributeChange => ({
  ...{ path: "/participants", cause: "config", before, after },
});
const user = (id: string, reason: Because["reason"], text: string, rest: Partial<Because> = {}): Because =>
  because(reason, text, { path: "/participants", user: id, ...rest });
const left = (id: string): Because =>
  user(id, "left-source", "left group Support", {
    source: "group Support",
    reference: "group:Support",
    place,
  });

function shown(attribute: AttributeChange, reasons: readonly Because[], width = 80): readonly string[] {
  return attributeLines(attribute, { people: {}, full: false, width }, new Reasons(reasons)).map(plainLine);
}

describe("the reasons of people", () => {
  it("stand below each other, each with the place of the entry that gives the person", () => {
    const change = participants(["sam", "timothy", "eve", "max"], ["ana", "bob", "cid"]);
    const reasons = [
      left("sam"),
      left("timothy"),
      user("eve", "added-outside", "added outside", { place }),
      user("max", "no-longer-declared", "no longer declared"),
      user("ana", "joined-source", "joined team Night", { source: "team Night" }),
      user("bob", "declared", "newly declared", { place, reference: "user:bob" }),
      user("cid", "declared", "declared", { place, reference: "user:cid" }),
    ];
    expect(shown(change, reasons)).toEqual([
      "~ participants: +3, -4",
      "    - eve      added outside",
      "    - max      no longer declared",
      "    - sam      left group Support (chatform.yaml:12)",
      "    - timothy  left group Support (chatform.yaml:12)",
      "    + ana      joined team Night",
      "    + bob      newly declared (chatform.yaml:12)",
      "    + cid      chatform.yaml:12",
    ]);
  });

  it("keep their counts where the list is folded", () => {
    const ids = Array.from({ length: 30 }, (_none, at) => `u${String(at).padStart(2, "0")}`);
    const reasons = ids.map((id, at) =>
      at < 22 ? left(id) : at < 25 ? user(id, "departed", "departed") : user(id, "declared", "declared"),
    );
    expect(shown(participants(ids, []), reasons).slice(9)).toEqual([
      "    - u08  left group Support (chatform.yaml:12)",
      "    - … and 13 more: left group Support",
      "    - … and 5 more",
      "    - … and 3 more: departed (--full shows all)",
    ]);
  });

  it("are few where people have many", () => {
    const ids = Array.from({ length: 40 }, (_none, at) => `u${String(at).padStart(2, "0")}`);
    const reasons = ids.map((id) => user(id, "left-source", `left team ${id}`, { source: `team ${id}` }));
    const lines = shown(participants(ids, []), reasons);
    expect(lines).toHaveLength(1 + 9 + 5);
    expect(lines.at(-1)).toBe("    - … and 27 more for other reasons (--full shows all)");
  });

  it("stand below the name where the line would be too long", () => {
    const name = "somebody.with.a.long.name@example.com";
    expect(shown(participants([name], []), [left(name)], 72).slice(1)).toEqual([
      `    - ${name}`,
      "        left group Support (chatform.yaml:12)",
    ]);
  });

  it("take the place of the cause of the list", () => {
    const change: AttributeChange = { ...participants([], ["ana"]), cause: "conflict" };
    expect(shown(change, [])[0]).toBe("+ participants: +1  # changed in the config and outside");
    expect(shown(change, [user("ana", "declared", "declared")])[0]).toBe("+ participants: +1");
  });
});

describe("the reason of an attribute", () => {
  const subject: AttributeChange = { path: "/subject", cause: "drift", before: "Old", after: "New" };
  const outside = because("changed-outside", "changed outside", { path: "/subject", place });

  it("stands behind the values, or below where the line would be too long", () => {
    expect(shown(subject, [outside])).toEqual([
      '~ subject: "Old" -> "New"  # changed outside (chatform.yaml:12)',
    ]);
    expect(shown(subject, [outside], 50)).toEqual([
      '~ subject: "Old" -> "New"',
      "    # changed outside (chatform.yaml:12)",
    ]);
  });

  it("is not repeated where it is that of the whole resource", () => {
    const whole = because("joined-source", "joined group Agents", { source: "group Agents" });
    expect(shown(subject, [whole, { ...whole, path: "/subject" }])).toEqual(['~ subject: "Old" -> "New"']);
  });
});

it("people who share an e-mail are shown with their ids", () => {
  const people = { "id-1": "jane@x.com", "id-2": "Jane@x.com", "id-3": "sam@x.com" };
  expect(distinctNames(people)).toEqual({
    "id-1": "jane@x.com (id-1)",
    "id-2": "Jane@x.com (id-2)",
    "id-3": "sam@x.com",
  });
});
