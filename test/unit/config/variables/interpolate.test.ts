import { describe, expect, it } from "vitest";
import { interpolate, isReference } from "../../../../src/config/variables/interpolate.js";

const variables = {
  env: { HOME_TOWN: "Bern", EMPTY: "", UNSET: undefined },
  vars: { domain: "example.com", "a.b-c": "dotted", nested: "${var:domain}" },
};

const row = { subject: "Lobby", people: ["a@example.com"], count: 3, empty: null, "First name": "Jane" };

describe("interpolate", () => {
  it.each([
    ["plain text", "plain text", false],
    ["${var:domain}", "example.com", true],
    ["jane@${var:domain}", "jane@example.com", false],
    ["${env:HOME_TOWN}, ${var:domain}", "Bern, example.com", false],
    ["${env:EMPTY}", "", true],
    ["${var:a.b-c}", "dotted", true],
    // What a variable holds is not looked into.
    ["${var:nested}", "${var:domain}", true],
    ["$${var:domain}", "${var:domain}", false],
    ["$$${var:domain}", "$${var:domain}", false],
    ["$ 5 and $var and {}", "$ 5 and $var and {}", false],
  ])("makes of %j: %j", (text, expected, whole) => {
    expect(interpolate(text, variables)).toEqual({ value: expected, problems: [] });
    expect(isReference(text)).toBe(whole);
  });

  it.each([
    ["${var:nowhere}", "undefined-variable", 0, 14],
    ["a ${env:UNSET} b", "undefined-variable", 2, 12],
    ["${env:toString}", "undefined-variable", 0, 15],
    ["${var:__proto__}", "undefined-variable", 0, 16],
    ["${domain}", "bad-interpolation", 0, 9],
    ["${var:}", "bad-interpolation", 0, 7],
    ["${var:a b}", "bad-interpolation", 0, 10],
    ["${ var:domain}", "bad-interpolation", 0, 14],
    ["ab ${var:domain", "bad-interpolation", 3, 12],
  ])("finds what is wrong in %j", (text, code, at, length) => {
    const result = interpolate(text, variables);

    expect(result.value).toBe(text);
    expect(result.problems).toMatchObject([{ code, part: { text: text.slice(at, at + length), skip: 0 } }]);
  });

  it.each([
    ["${each.subject}", "Lobby", true],
    ["${each.subject} of ${var:domain}", "Lobby of example.com", false],
    // A value as a whole keeps its type; an empty cell is nothing.
    ["${each.people}", ["a@example.com"], true],
    ["${each.count}", 3, true],
    ["no. ${each.count}", "no. 3", false],
    ["${each.empty}", null, true],
    ["[${each.empty}]", "[]", false],
    ["${each.First name}", "Jane", true],
    ["$${each.subject}", "${each.subject}", false],
  ])("inserts the values of a row: %j is %j", (text, expected, whole) => {
    expect(interpolate(text, { ...variables, each: row })).toEqual({ value: expected, problems: [] });
    expect(isReference(text)).toBe(whole);
  });

  it.each([
    ["${each.subjct}", "undefined-column", "Did you mean ${each.subject}?"],
    ["all ${each.people}", "bad-interpolation", "Write it as the whole value: ${each.people}."],
    [
      "${each.__proto__}",
      "undefined-column",
      "Use one of the columns: subject, people, count, empty, First name.",
    ],
  ])("explains %j", (text, code, help) => {
    expect(interpolate(text, { ...variables, each: row }).problems).toMatchObject([{ code, help }]);
  });

  it("has no values of rows outside of a block with rows", () => {
    expect(interpolate("${each.subject}", variables).problems).toMatchObject([
      {
        code: "bad-interpolation",
        help: "Write the value itself, or add forEach: to the room, user or entry of userSettings.",
      },
    ]);
  });

  it("proposes a name that is close", () => {
    const [problem] = interpolate("${var:domian}", variables).problems;

    expect(problem?.help).toContain("domain");
  });

  it("never tells a variable's value", () => {
    const secret = { env: { TOKEN: "s3cret" }, vars: { token: "s3cret" } };

    expect(JSON.stringify(interpolate("${env:TOKEM} ${var:tokem}", secret).problems)).not.toContain("s3cret");
  });
});

it("looks for the variables that are meant by thousands of others in limited time", () => {
  const names = Array.from({ length: 5000 }, (_one, at) => `name${at}`);
  const vars = Object.fromEntries(names.map((name) => [name, "x"]));
  const help = (text: string): string | undefined => interpolate(text, { env: {}, vars }).problems[0]?.help;

  expect(help("${var:nmae0}")).toContain("name0");
  for (const name of names) help(`\${var:${name}x}`);
  expect(help("${var:nmae0}")).toContain("name0");
});
