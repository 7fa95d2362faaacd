import { expect, test } from "vitest";
import { orgFacts, orgLines } from "../../../../src/views/text/org-text.js";

test("an org stands in lines of the terminal's width, and nowhere where nothing is known of it", () => {
  const org = { id: "00000000-0000-4000-8000-00000000000a", name: "Example Org", host: "api.mypurecloud.de" };
  expect(orgLines(org, 100)).toEqual([
    "Org: Example Org (00000000-0000-4000-8000-00000000000a) at api.mypurecloud.de",
  ]);
  expect(orgLines(org, 40).length).toBeGreaterThan(1);
  expect([orgLines({}, 80), orgFacts({})]).toEqual([[], []]);
});

test("a name can't act on the terminal, nor begin a line of its own", () => {
  const name = "\u001b[31mEvil\n::set-output name=x::y\r\u202e";
  const [line = "", ...more] = orgLines({ id: "1", name, host: "h" }, 500);
  expect(more).toEqual([]);
  expect(line).toMatch(/^Org: [^\p{Cc}\p{Cf}]+ \(1\) at h$/u);
});
