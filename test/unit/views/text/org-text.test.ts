import { expect, test } from "vitest";
import { orgFacts, orgLines, orgText } from "../../../../src/views/text/org-text.js";

test("an org is shown in lines of the terminal's width, and not at all where it is unknown", () => {
  const org = { id: "00000000-0000-4000-8000-00000000000a", name: "Example Org", host: "api.mypurecloud.de" };
  const name = "Org: Example Org (00000000-0000-4000-8000-00000000000a)\n";
  expect(orgText(org, 100)).toBe(`${name}Host: api.mypurecloud.de\n`);
  expect(orgText({ ...org, region: "eu-central-1", environment: "prod" }, 100)).toBe(
    `Environment: prod\n${name}Region: eu-central-1 (api.mypurecloud.de)\n`,
  );
  expect(orgText({ host: "h" }, 100)).toBe("Host: h\n");
  expect(orgLines(org, 40).length).toBeGreaterThan(1);
  expect([orgLines({}, 80), orgFacts({})]).toEqual([[], []]);
});

test("the name of an org can't act on the terminal or begin a line of its own", () => {
  const name = "\u001b[31mEvil\n::set-output name=x::y\r\u202e";
  expect(orgText({ id: "1", name, host: "h" }, 500)).toMatch(/^Org: [^\p{Cc}\p{Cf}]+ \(1\)\nHost: h\n$/u);
});
