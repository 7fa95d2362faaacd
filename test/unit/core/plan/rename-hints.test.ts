import { describe, expect, it } from "vitest";
import type { UnlinkedChange } from "../../../../src/core/plan/build-change.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { Orphan } from "../../../../src/core/plan/orphans.js";
import { withRenameHints } from "../../../../src/core/plan/rename-hints.js";

const kindOf = (address: string): string =>
  address.includes("/messages/") ? "rooms/*/messages/*" : "rooms/*";

function created(
  address: string,
  after: JsonObject,
  action: UnlinkedChange["action"] = "create",
): UnlinkedChange {
  const none = { attributes: [], patch: [], drafts: [], follows: [], remarks: [], because: [], record: null };
  return { address, kind: kindOf(address), action, before: null, after, ...none, deletions: 0, existing: 0 };
}

function leaving(address: string, applied: JsonObject): Orphan {
  const kind = kindOf(address);
  return {
    address,
    recorded: { kind, id: address, applied },
    removal: { action: "forget" },
    resource: { address, kind, attributes: applied, pointer: "" },
  };
}

/** Which address each hint names, by the address that has it. */
function hintsOf(
  drafts: readonly UnlinkedChange[],
  gone: readonly Orphan[],
): Readonly<Record<string, string>> {
  const hinted = withRenameHints(drafts, gone);
  expect(hinted.map(({ address }) => address)).toEqual(drafts.map(({ address }) => address));
  return Object.fromEntries(
    hinted.flatMap(({ address, remarks }) =>
      remarks.map(({ text }) => [address, /state mv (\S+) /.exec(text)?.[1] ?? text]),
    ),
  );
}

const room = { subject: "Lobby", description: "Hello" };

describe("withRenameHints", () => {
  it("names an orphan that resembles a created resource", () => {
    const [draft] = withRenameHints([created("rooms/b", room)], [leaving("rooms/a", room)]);
    expect(draft?.remarks).toMatchObject([{ code: "maybe-renamed", severity: "warning" }]);
    expect(draft?.remarks[0]?.text).toContain("chatform state mv rooms/a rooms/b");
  });

  it.each([
    ["another subject", { ...room, subject: "Bridge" }, {}],
    ["another description", { ...room, description: "Other" }, {}],
    ["no texts in common", { participants: ["x"] }, { participants: ["x"] }],
    ["empty texts", { description: "" }, { description: "" }],
  ])("says nothing of %s", (_name, after, applied: JsonObject) => {
    const before = Object.keys(applied).length === 0 ? room : applied;
    expect(hintsOf([created("rooms/b", after)], [leaving("rooms/a", before)])).toEqual({});
  });

  it("ignores other kinds, and resources that exist already", () => {
    expect(hintsOf([created("rooms/b/messages/m", room)], [leaving("rooms/a", room)])).toEqual({});
    expect(hintsOf([created("rooms/b", room, "update")], [leaving("rooms/a", room)])).toEqual({});
  });

  it("compares the attributes that both have", () => {
    expect(hintsOf([created("rooms/b", { subject: "Lobby" })], [leaving("rooms/a", room)])).toEqual({
      "rooms/b": "rooms/a",
    });
  });

  it("names each resource only once", () => {
    expect(
      hintsOf(
        [created("rooms/c", room), created("rooms/b", room), created("rooms/d", room)],
        [leaving("rooms/a", room), leaving("rooms/z", room)],
      ),
    ).toEqual({ "rooms/b": "rooms/a", "rooms/c": "rooms/z" });
  });

  it("gives one hint for a room and its messages", () => {
    const text = { body: "Rules" };
    const drafts = [created("rooms/b/messages/m", text), created("rooms/b", room)];
    const gone = [leaving("rooms/a", room), leaving("rooms/a/messages/m", text)];
    expect(hintsOf(drafts, gone)).toEqual({ "rooms/b": "rooms/a" });
  });

  it("never pairs messages of different rooms", () => {
    const text = { body: "Rules" };
    const gone = [leaving("rooms/a/messages/m", text)];
    expect(hintsOf([created("rooms/b/messages/m", text)], gone)).toEqual({});
    expect(hintsOf([created("rooms/a/messages/n", text)], gone)).toEqual({
      "rooms/a/messages/n": "rooms/a/messages/m",
    });
  });

  it("stays fast with many messages of the same text", () => {
    const many = Array.from({ length: 20_000 }, (_, at) => at);
    const drafts = many.map((at) => created(`rooms/b${at}`, { ...room, subject: `New ${at}` }));
    const gone = many.map((at) => leaving(`rooms/a${at}`, { ...room, subject: `Old ${at}` }));
    expect(hintsOf(drafts, gone)).toEqual({});
  });
});
