import { describe, expect, it } from "vitest";
import { interpolate } from "../../../../src/config/variables/interpolate.js";

const variables = {
  env: { HOME_TOWN: "Bern", EMPTY: "", UNSET: undefined },
  vars: { domain: "example.com", "a.b-c": "dotted", nested: "${var:domain}" },
};

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
    expect(interpolate(text, variables)).toEqual({ text: expected, whole, problems: [] });
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

    expect(result.text).toBe(text);
    expect(result.problems).toMatchObject([{ code, at, length }]);
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
