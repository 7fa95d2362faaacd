import { describe, expect, it } from "vitest";
import type { AuditScope, ScopeInput } from "../../../../src/core/drift/audited.js";
import { auditScope } from "../../../../src/core/drift/audited.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import type { ListEntries } from "../../../../src/core/people/people-lists.js";
import type { RecordedOrigin, ResolvedShared } from "../../../../src/core/people/shared-declaration.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { RecordedResource, State } from "../../../../src/core/state/state.js";
import { kinds } from "../../../../src/resources/index.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { takeSteps } from "../../../helpers/steps.js";
import { toResolved } from "../../../helpers/shared-blocks.js";

const toScope = (
  declared: readonly Resource[],
  state: State | undefined,
  rest: Partial<ScopeInput> = {},
): AuditScope =>
  takeSteps(
    auditScope({
      kinds: new Map(kinds.map((kind) => [kind.name, kind])),
      declared,
      allDeclared: new Set(declared.map(({ address }) => address)),
      state,
      shared: [],
      departed: new Map(),
      people: {},
      isSelected: () => true,
      ...rest,
    }),
  );

const withRecords = (resources: State["resources"]): State => ({ ...emptyState("l"), resources });

describe("auditScope", () => {
  const declared = (address: string, id?: Resource["id"]): Resource => ({
    address,
    kind: "rooms/*",
    attributes: { subject: "declared" },
    ignore: ["description"],
    pointer: `/${address}`,
    ...(id === undefined ? {} : { id }),
  });
  const recorded: RecordedResource = { kind: "rooms/*", id: "jid", applied: { subject: "applied" } };
  const state = withRecords({ "rooms/a": recorded, "rooms/left": recorded });

  it("contains the applied values of declared resources, and what waits for an apply", () => {
    const scope = toScope([declared("rooms/a", "another-jid"), declared("rooms/b", "jid-b")], state);
    expect(scope).toMatchObject({ baseline: "applied", pending: ["rooms/b"], removed: ["rooms/left"] });
    expect(scope.audited.map(({ recorded: one }) => one)).toEqual([
      expect.objectContaining({
        address: "rooms/a",
        id: "jid",
        attributes: { subject: "applied" },
        ignore: ["description"],
      }),
    ]);
  });

  it("omits resources that are not selected", () => {
    expect(toScope([declared("rooms/a")], state, { isSelected: (one) => one === "rooms/a" }).removed).toEqual(
      [],
    );
  });

  it.each([undefined, emptyState("l")])("contains the config when nothing was ever applied", (none) => {
    const scope = toScope(
      [
        declared("rooms/a", "jid"),
        declared("rooms/b"),
        declared("rooms/b/pins", { $ref: "rooms/b", field: "jid" }),
        declared("users/j/settings", "user-id"),
      ],
      none,
    );
    expect(scope).toMatchObject({ baseline: "files", pending: ["rooms/b", "rooms/b/pins"] });
    expect(scope.audited.map(({ address }) => address)).toEqual(["rooms/a", "users/j/settings"]);
  });

  it.each<
    readonly [title: string, kind: string, ids: (user: string) => Partial<RecordedResource & Resource>]
  >([
    ["a message", "users/*/messages/*", (container) => ({ id: "m", container })],
    ["pins", "users/*/pins", (id) => ({ id })],
  ])("leaves %s of a user who was created anew to an apply", (_title, kind, ids) => {
    const address = "users/sam@x.com/x";
    const then = withRecords({ [address]: { kind, id: "m", applied: {}, ...ids("sam1") } });
    const now = (user: string): Resource => ({ ...declared(address), kind, ...ids(user) });
    expect(toScope([now("sam2")], then)).toMatchObject({ audited: [], pending: [address] });
    expect(toScope([now("sam1")], then).pending).toEqual([]);
  });

  it("reviews the entries of the last apply with the people that they give now", () => {
    const lists = { "/participants": { "group:A": ["a", "b"], "group:Gone": ["g"] } };
    const applied = { participants: ["a", "b", "g"] };
    const now = { "/participants": { "group:A": ["b", "c"], "group:New": ["n"] } };
    const scope = toScope(
      [{ ...declared("rooms/a"), lists: now }],
      withRecords({ "rooms/a": { ...recorded, applied, lists } }),
    );
    expect(scope.audited[0]?.reviewed).toEqual({ participants: ["b", "c", "g"] });
    expect(scope.audited[0]?.lists.now).toEqual({
      "/participants": { "group:A": ["b", "c"], "group:Gone": ["g"] },
    });
  });
});

it("reviews an entry with other exceptions in the config by its source", () => {
  const lists = { "/participants": { "group:A": ["a", "b"] } };
  const now = { "/participants": { 'group:A except ["c"]': ["b"] } };
  const record = { kind: "rooms/*", id: "jid", applied: { participants: ["a", "b"] }, lists };
  const declared = { address: "rooms/a", kind: "rooms/*", attributes: {}, lists: now, pointer: "/rooms/a" };
  const sources = new Map([["group:A", ["b", "c"]]]);
  const scope = toScope([declared], withRecords({ "rooms/a": record }), { sources });
  expect(scope.audited[0]?.reviewed).toEqual({ participants: ["b", "c"] });
});

describe("auditScope with settings for many users", () => {
  const settings = (when: string): JsonObject => ({ mobile: { notifications: { when } } });
  const from = { entry: "userSettings/agents", source: "group:Agents" };
  const user = (name: string, when = "Always", origin: RecordedOrigin = from): Resource => ({
    ...{ address: `users/${name}/settings`, kind: "users/*/settings", id: name, from: origin },
    ...{ attributes: settings(when), pointer: "" },
  });
  const record = (id: string, when = "Always"): RecordedResource => ({
    ...{ kind: "users/*/settings", id, applied: settings(when), from },
  });
  const members = ["group:Agents"];
  const agents = { entry: from.entry, members, except: [], attributes: settings("Always") };
  const state = { ...withRecords({ "users/ann/settings": record("ann") }), shared: [agents] };
  const shared = (...ids: readonly string[]): Partial<ScopeInput> => ({
    shared: [toResolved(agents, { "group:Agents": ids })],
  });

  it("contains a user who joined a source whose settings were applied to another user", () => {
    const scope = toScope([user("ann"), user("bob")], state, shared("ann", "bob"));
    expect(scope.audited.map(({ address, joined }) => [address, joined])).toEqual([
      ["users/ann/settings", undefined],
      ["users/bob/settings", true],
    ]);
    expect(scope.pending).toEqual([]);
  });

  it.each<readonly [title: string, resource: Resource]>([
    ["other settings", user("bob", "Never")],
    ["another source", user("bob", "Always", { ...from, source: "group:Leads" })],
    ["another block", user("bob", "Always", { ...from, entry: "userSettings/leads" })],
    ["a person instead of a source", user("bob", "Always", { ...from, source: "user:bob" })],
  ])("leaves a user with %s to an apply", (_title, resource) => {
    const scope = toScope([user("ann"), resource], state, shared("ann"));
    expect(scope.pending).toEqual(["users/bob/settings"]);
  });

  it("reviews the settings of another source for a user who moved there", () => {
    const origin = { entry: "userSettings/night", source: "team:Night" };
    const night = { entry: origin.entry, members: ["team:Night"], except: [], attributes: settings("Never") };
    const blocks = [agents, night];
    const scope = toScope(
      [user("ann", "Never", origin)],
      { ...state, shared: blocks },
      { shared: blocks.map((block) => toResolved(block)) },
    );
    expect(scope.audited[0]).toMatchObject({ reviewed: settings("Never"), from: origin });
  });

  it("does not review the settings of a source for a user whose own block was removed", () => {
    const { from: _from, ...own } = record("ann", "Never");
    const scope = toScope(
      [user("ann")],
      { ...state, resources: { "users/ann/settings": own } },
      shared("ann"),
    );
    expect(scope.audited[0]).toMatchObject({ reviewed: settings("Never"), from: undefined });
  });

  it("forgets a user who left the source, and one who departed", () => {
    const left = (rest: Partial<ScopeInput>): readonly string[] =>
      toScope([user("bob")], state, rest).left.map(({ address, because: { reason, text, reference } }) =>
        [address, reason, text, reference].join(", "),
      );
    expect(left(shared("bob"))).toEqual(["users/ann/settings, left-source, left group Agents, group:Agents"]);
    expect(left({ ...shared("bob"), departed: new Map([["ann", { state: "deleted" }]]) })).toEqual([
      "users/ann/settings, departed, departed, group:Agents",
    ]);
  });

  it("forgets a user who joined an excepted source", () => {
    const block = { ...agents, except: ["team:Leads"] };
    const given = toResolved(block, { "group:Agents": ["bob"] });
    const scope = toScope(
      [user("bob")],
      { ...state, shared: [block] },
      {
        shared: [given],
        sources: new Map([
          ["group:Agents", ["ann", "bob"]],
          ["team:Leads", ["ann"]],
        ]),
      },
    );
    expect(scope.left.map(({ because }) => because)).toEqual([
      {
        ...{ user: "ann", reason: "joined-excepted", text: "joined the excepted team Leads" },
        ...{ source: "team Leads", reference: "team:Leads" },
      },
    ]);
  });

  it("leaves a user whom the config removed to an apply", () => {
    const excepted = toResolved({ ...agents, except: ["user:ann"] }, { "group:Agents": ["bob"] });
    for (const rest of [{}, shared("ann", "bob"), { shared: [excepted] }]) {
      const scope = toScope([user("bob")], state, rest);
      expect(scope).toMatchObject({ left: [], removed: ["users/ann/settings"] });
    }
  });

  it("tells a source that gives nobody any more", () => {
    const left = (departed: ScopeInput["departed"]): readonly unknown[] =>
      toScope([], state, { ...shared(), departed }).left.map(({ emptied }) => emptied);
    expect(left(new Map())).toEqual([["group:Agents"]]);
    // The departure of its last member explains an empty source.
    expect(left(new Map([["ann", { state: "deleted" }]]))).toEqual([[]]);
  });

  describe("of which two sources give a user", () => {
    const [sales, night] = ["queue:Sales", "team:Night"];
    const both = { ...from, source: sales, others: [night] };
    const records = { "users/ann/settings": { ...record("ann"), from: both } };
    const block = { ...agents, members: [sales, night] };
    const scope = (
      declared: readonly Resource[],
      rest: State["resources"] = {},
      shared: readonly ResolvedShared[] = [toResolved(block)],
    ) => toScope(declared, { ...withRecords({ ...records, ...rest }), shared: [block] }, { shared });
    const origins = (declared: readonly Resource[], rest: State["resources"] = {}): readonly unknown[] =>
      scope(declared, rest).audited.map((one) => one.from);

    it("contains a user who joined the later one", () => {
      const bob = user("bob", "Always", { ...from, source: night });
      expect(origins([bob])).toEqual([bob.from]);
    });

    it("records only reviewed sources of a user who joined", () => {
      const bob = user("bob", "Always", { ...from, source: "group:New", others: [night, sales] });
      expect(origins([bob])).toEqual([{ ...from, source: night, others: [sales] }]);
    });

    it("keeps a user who left one of them, whatever is pending", () => {
      const left = { ...from, source: night };
      const { audited, left: forgotten } = scope([user("ann", "Never", left)]);
      expect(audited).toMatchObject([{ reviewed: settings("Always"), from: left }]);
      expect(forgotten).toEqual([]);
    });

    it("records a source that the user joined besides", () => {
      const rest = { "users/bob/settings": { ...record("bob"), from: { ...from, source: sales } } };
      expect(origins([user("bob", "Always", both)], rest)).toEqual([both]);
    });

    it("forgets a user who left both, and leaves a user of a removed source to an apply", () => {
      const among = (entries: ListEntries, now = block) => scope([], {}, [toResolved(now, entries)]);
      expect(among({ [sales]: [], [night]: ["ann"] }).left).toEqual([]);
      expect(among({ [sales]: ["bob"], [night]: ["bob"] }).left).toMatchObject([{ emptied: [] }]);
      expect(among({ [sales]: ["bob"], [night]: [] }).left).toMatchObject([{ emptied: [night] }]);
      const onlySales = among({ [sales]: ["bob"] }, { ...block, members: [sales] });
      expect(onlySales).toMatchObject({ left: [], removed: ["users/ann/settings"] });
    });

    it("leaves a user alone while it is unknown whom one of them gives, whatever else gives settings", () => {
      const known = toResolved(block);
      const blocks = [{ ...known, entries: { [sales]: [] } }];
      const leads = { entry: "userSettings/leads", source: "group:Leads" };
      for (const declared of [[], [user("ann", "Never", leads)]])
        expect(scope(declared, {}, blocks)).toMatchObject({
          audited: [],
          left: [],
          pending: [],
          removed: [],
        });
    });
  });
});
