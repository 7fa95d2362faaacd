import { expect, test } from "vitest";
import { idKey, getOrgDomain, sameId } from "../../../src/core/jid.js";

const jid = "adhoc-3b241101-e2bb-4255-8caf-4136c566a962@conference.Example-Org.orgspan.com";

test("two spellings of one jid, and of one uuid, are the same id", () => {
  expect(sameId(jid, jid.toLowerCase())).toBe(true);
  expect(sameId(jid, jid.toUpperCase())).toBe(true);
  expect(sameId("3B241101-E2BB-4255-8CAF-4136C566A962", "3b241101-e2bb-4255-8caf-4136c566a962")).toBe(true);
});

test("an id whose form is not known keeps its case", () => {
  expect(sameId("AbC", "abc")).toBe(false);
  expect(idKey("AbC")).toBe("AbC");
});

test("a missing id equals only a missing id", () => {
  expect(sameId(undefined, jid)).toBe(false);
  expect(sameId(jid, undefined)).toBe(false);
  expect(sameId(undefined, undefined)).toBe(true);
});

test("the org of a jid has no spelling of its own", () => {
  expect(getOrgDomain(jid)).toBe("example-org.orgspan.com");
  expect(getOrgDomain("rooms/a")).toBeUndefined();
});
