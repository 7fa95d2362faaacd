import { describe, expect, it } from "vitest";
import type { UnlinkedChange } from "../../../../../src/core/plan/changes/build-change.js";
import type { JsonObject } from "../../../../../src/core/json/json.js";
import type { Orphan } from "../../../../../src/core/plan/changes/orphans.js";
import { kindOf, unlinkedChange } from "./unlinked-change.js";
import { withRenameHints } from "../../../../../src/core/plan/renames/rename-hints.js";

function leaving(address: string, applied: JsonObject): Orphan {
  const kind = kindOf(address);
  return {
    address,
    recorded: { kind, id: address, applied },
    removal: { action: "forget" },
    resource: { address, kind, attributes: applied, pointer: "" },
  };
}

/** Returns the address that each hint names, by the address that has it. */
function findHints(
  drafts: readonly UnlinkedChange[],
  gone: readonly Orphan[],
): Readonly<Record<string, string>> {
  const hinted = withRenameHints(drafts, gone);
  expect(hinted.map(({ address }) => address)).toEqual(drafts.map(({ address }) => address));
  return Object.fromEntries(
    hinted.flatMap(({ address, remarks }) =>
      remarks.map(({ text }) => [address, /from: ([^ ,]+)/.exec(text)?.[1] ?? text]),
    ),
  );
}

const rules = { body: "Rules" };

describe("withRenameHints", () => {
  it("names a removed message with the text of a new one", () => {
    const [draft] = withRenameHints(
      [unlinkedChange("rooms/a/messages/n", rules)],
      [leaving("rooms/a/messages/m", { body: "Rules\r\n" })],
    );
    expect(draft?.remarks).toMatchObject([{ code: "maybe-renamed", severity: "warning" }]);
    expect(draft?.remarks[0]?.text).toContain(
      "moved: [{ from: rooms/a/messages/m, to: rooms/a/messages/n }]",
    );
  });

  it.each([
    ["another text", unlinkedChange("rooms/a/messages/n", { body: "Other" })],
    ["an empty text", unlinkedChange("rooms/a/messages/n", { body: "" })],
    ["another room", unlinkedChange("rooms/b/messages/n", rules)],
    ["a message that exists", unlinkedChange("rooms/a/messages/n", rules, "update")],
    ["a room", unlinkedChange("rooms/b", { subject: "Rules" })],
  ])("says nothing of %s", (_name, draft) => {
    const gone = [leaving("rooms/a/messages/m", rules), leaving("rooms/a/messages/e", { body: "" })];
    expect(findHints([draft], gone)).toEqual({});
  });

  it("names each message only once", () => {
    const drafts = ["p", "o", "q"].map((name) => unlinkedChange(`rooms/a/messages/${name}`, rules));
    const gone = ["m", "n"].map((name) => leaving(`rooms/a/messages/${name}`, rules));
    expect(findHints(drafts, gone)).toEqual({
      "rooms/a/messages/o": "rooms/a/messages/m",
      "rooms/a/messages/p": "rooms/a/messages/n",
    });
  });

  it("stays fast with many messages of the same text", () => {
    const many = Array.from({ length: 20_000 }, (_, at) => at);
    const drafts = many.map((at) => unlinkedChange(`rooms/a/messages/n${at}`, rules));
    const gone = many.map((at) => leaving(`rooms/a/messages/m${at}`, rules));
    expect(Object.keys(findHints(drafts, gone))).toHaveLength(20_000);
  });
});
