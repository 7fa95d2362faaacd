import { describe, expect, test } from "vitest";
import { DiagnosticsError } from "../../../../src/core/diagnostic.js";
import type { ApiRequest } from "../../../../src/api/api.js";
import type { Id } from "../../../../src/core/calls/reference.js";
import { sourceRef, userId } from "../../../../src/core/calls/reference.js";
import type { Json } from "../../../../src/core/json/json.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { SharedDeclaration } from "../../../../src/core/people/shared-declaration.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { PeopleInput, ResolvedPeople } from "../../../../src/engine/people/resolve-people.js";
import { resolvePeople } from "../../../../src/engine/people/resolve-people.js";
import { throwDiagnostics } from "../../../../src/engine/refresh/read-failed.js";
import { kinds } from "../../../../src/resources/index.js";
import type { FakeOrg } from "../../../helpers/fake-directory.js";
import { FakeDirectory } from "../../../helpers/fake-directory.js";
import { refusal } from "../../../helpers/scripted-api.js";

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

function room(name: string, people: readonly Json[], rest: Partial<Resource> = {}): Resource {
  return {
    address: `rooms/${name}`,
    kind: "rooms/*",
    attributes: { participants: people },
    pointer: "",
    ...rest,
  };
}

function resolve(
  api: FakeDirectory,
  resources: readonly Resource[],
  rest: Partial<PeopleInput> = {},
): Promise<ResolvedPeople> {
  const input = { api, kinds: byName, resources, state: undefined, refresh: true, onEvent: () => undefined };
  return resolvePeople({ ...input, ...rest });
}

const participants = ({ resources }: ResolvedPeople): readonly unknown[] =>
  resources.map(({ attributes }) => attributes["participants"]);

const briefs = (people: ResolvedPeople): readonly unknown[] =>
  people.problems.map(({ code, reference }) => [code, reference]);

const findings = (people: ResolvedPeople): readonly unknown[] =>
  [...people.findings].flatMap(([name, list]) => list.map(({ code, reference }) => [name, code, reference]));

const stateWith = (users: Readonly<Record<string, string>>) => ({ ...emptyState("L"), users });

const users = [
  { id: "s1", email: "Sam@x.com" },
  { id: "k1", email: "kim@x.com" },
  { id: "j1", email: "jane@x.com" },
];

describe("e-mails", () => {
  test("are looked up once each in one search, wherever and however they are written", async () => {
    const api = new FakeDirectory({ users });
    const found = await resolve(api, [
      room("a", [userId("sam@x.com"), userId("KIM@x.com"), userId("Kim@x.com")]),
      room("b", [userId("SAM@X.COM")], {
        address: "users/x",
        id: userId("jane@x.com"),
        container: userId("kim@x.com"),
      }),
    ]);
    expect(participants(found)).toEqual([["s1", "k1", "k1"], ["s1"]]);
    expect(found.resources[1]).toMatchObject({ id: "j1", container: "k1" });
    expect(api.counts()).toEqual({ postUsersSearch: 1 });
    expect(found.names).toEqual({ s1: "sam@x.com", k1: "kim@x.com", j1: "jane@x.com" });
    expect(found.journal).toEqual([
      { type: "users", users: { "jane@x.com": "j1", "kim@x.com": "k1", "sam@x.com": "s1" } },
    ]);
  });

  test("are searched for as written and in lower case", async () => {
    const api = new FakeDirectory({ users }, { searchCase: "exact" });
    const found = await resolve(api, [room("a", [userId("Sam@x.com"), userId("KIM@x.com")])]);
    expect(participants(found)).toEqual([["s1", "k1"]]);
  });

  test("cause no request when there are none", async () => {
    const api = new FakeDirectory({});
    await resolve(api, [room("a", [])]);
    expect(api.requests).toEqual([]);
  });

  test("report all unknown and ambiguous ones at once, with the closest match", async () => {
    const api = new FakeDirectory({ users: [...users, { id: "k2", email: "kim@x.com" }] }, { nobody: "404" });
    const list = [userId("smm@x.com"), userId("kim@x.com"), userId("sam@x.com")];
    const found = await resolve(api, [room("a", list)]);
    expect(briefs(found)).toEqual([
      ["ambiguous-user", "user:kim@x.com"],
      ["unknown-user", "user:smm@x.com"],
    ]);
    expect(found.problems[0]?.detail).toContain("k1, k2");
    expect(found.problems[1]?.help).toContain("sam@x.com");
  });

  test.each([
    ["bob@x.com", undefined],
    ["smam@x.com", "Did you mean sam@x.com?"],
    ["agent-17@x.com", undefined],
    ["agnet-18@x.com", "Did you mean agent-18@x.com?"],
    ["sam@example.com", undefined],
  ])("that are unknown are compared with similar ones: %s", async (email, hint) => {
    const api = new FakeDirectory({ users: [...users, { id: "a18", email: "agent-18@x.com" }] });
    const known = ["sam@x.com", "kim@x.com", "agent-18@x.com"].map(userId);
    const found = await resolve(api, [room("a", [...known, userId(email)])]);
    expect(found.problems.map(({ help }) => help)).toEqual([
      hint ?? "Check the e-mail and the org of the credentials.",
    ]);
  });

  test("that nobody ever had are unknown where the service reports nobody as 404", async () => {
    const found = await resolve(new FakeDirectory({}, { nobody: "404" }), [room("a", [userId("sam@x.com")])]);
    expect(briefs(found)).toEqual([["unknown-user", "user:sam@x.com"]]);
  });

  test("are not looked up without a refresh when the state knows them", async () => {
    const api = new FakeDirectory({ users });
    const list = [userId("sam@x.com"), userId("kim@x.com")];
    const found = await resolve(api, [room("a", list)], {
      state: stateWith({ "sam@x.com": "old" }),
      refresh: false,
    });
    expect(participants(found)).toEqual([["old", "k1"]]);
    expect(JSON.stringify(api.requests)).not.toContain("sam@x.com");
  });

  test("that cannot be looked up are a problem, never absent", async () => {
    const api = new FakeDirectory({ users }, {}, { postUsersSearch: refusal(403, "missing.permissions") });
    await expect(throwDiagnostics(resolve(api, [room("a", [userId("sam@x.com")])]))).rejects.toSatisfy(
      (error) =>
        error instanceof DiagnosticsError && error.diagnostics.every(({ code }) => code === "read-failed"),
    );
  });
});

describe("departed users", () => {
  const list = [userId("ana@x.com"), userId("kim@x.com")];
  const resources = [room("a", list), room("b", list)];
  const departed = ["departed-user", "user:ana@x.com"];

  test.each([
    ["the search finds", "inactive", {}, {}],
    [
      "the search finds, with its state in a list only",
      "deleted",
      { searchStates: ["active", "deleted"] },
      {},
    ],
    ["the state knows", "deleted", {}, { "ana@x.com": "a1" }],
    [
      "the state knows, one by one",
      "deleted",
      { any: ["active"], stateFilter: "ignored" },
      { "ana@x.com": "a1" },
    ],
    [
      "the state knows, without the filter any",
      "inactive",
      { any: undefined, searchStates: ["active"] },
      { "ana@x.com": "a1" },
    ],
    ["the list of inactive users has", "inactive", { searchStates: ["active"] }, {}],
    ["the list of deleted users has", "deleted", {}, {}],
  ] as const)(
    "whom %s keep their id, with a finding for each place",
    async (_how, state, variants, known) => {
      const api = new FakeDirectory({ users: [...users, { id: "a1", email: "Ana@x.com", state }] }, variants);
      const found = await resolve(api, resources, { state: stateWith(known) });
      expect(briefs(found)).toEqual([]);
      expect(participants(found)).toEqual([
        ["a1", "k1"],
        ["a1", "k1"],
      ]);
      expect(findings(found)).toEqual([
        ["rooms/a", ...departed],
        ["rooms/b", ...departed],
      ]);
      expect(found.departed).toEqual(new Map([["a1", { state, email: "ana@x.com" }]]));
    },
  );

  test("are not searched for in the lists of all departed users when the state knows them", async () => {
    const api = new FakeDirectory({ users: [...users, { id: "a1", email: "ana@x.com", state: "deleted" }] });
    await resolve(api, resources, { state: stateWith({ "ana@x.com": "a1" }) });
    expect(api.counts()).toEqual({ postUsersSearch: 1, getUsers: 1 });
  });

  const stateless = { userStates: false, searchStates: ["active"] } as const;

  test.each([
    ["the filters work", {}, {}],
    ["the filter for states is refused", { any: undefined, stateFilter: "refused" }, {}],
    ["the filter for states is ignored", { any: ["active"], stateFilter: "ignored", deletedById: "404" }, {}],
    ["all users are listed by id", { any: ["active", "deleted"] }, { getChatsUserSettings: 1 }],
  ] as const)(
    "are known without a state once neither a search nor the chat finds them: %s",
    async (_how, variants, counts) => {
      const gone = [...users, { id: "a1", email: "ana@x.com", state: "deleted" }];
      const api = new FakeDirectory({ users: gone }, { ...stateless, ...variants });
      const found = await resolve(api, resources, { state: stateWith({ "ana@x.com": "a1" }) });
      expect(briefs(found)).toEqual([]);
      expect(participants(found)[0]).toEqual(["a1", "k1"]);
      expect(found.departed.get("a1")?.state).toBe("deleted");
      expect(findings(found)).toEqual([
        ["rooms/a", ...departed],
        ["rooms/b", ...departed],
      ]);
      expect(api.counts()).toMatchObject(counts);
    },
  );

  test.each([
    ["an e-mail that the state does not know", {}, undefined, "deleted", ["unknown-user"]],
    ["chat settings", { "ana@x.com": "a1" }, undefined, "active", []],
    ["chat settings that cannot be read", { "ana@x.com": "a1" }, 500, "deleted", []],
    ["chat settings that may not be read", { "ana@x.com": "a1" }, 403, "deleted", []],
  ] as const)("are not known without a state by %s", async (_what, known, status, state, problems) => {
    const failures = status === undefined ? {} : { getChatsUserSettings: refusal(status, "failed") };
    const variants = {
      ...stateless,
      any: ["active", "deleted"],
      searchStates: [],
      stateFilter: "ignored",
    } as const;
    const api = new FakeDirectory({ users: [{ id: "a1", email: "ana@x.com", state }] }, variants, failures);
    const found = await resolve(api, [room("a", [userId("ana@x.com")])], { state: stateWith(known) });
    expect([found.problems.map(({ code }) => code), findings(found), found.departed]).toEqual([
      problems,
      [],
      new Map(),
    ]);
  });

  test("never stand behind an active user with the same e-mail", async () => {
    const both = [
      { id: "a0", email: "ana@x.com", state: "inactive" },
      { id: "a1", email: "ana@x.com" },
      ...users,
    ];
    const found = await resolve(new FakeDirectory({ users: both }), resources);
    expect(participants(found)[0]).toEqual(["a1", "k1"]);
    expect(findings(found)).toEqual([]);
  });

  test("who are declared by id have a finding too", async () => {
    const api = new FakeDirectory({ users: [{ id: "a1", email: "ana@x.com", state: "inactive" }] });
    const found = await resolve(api, [room("a", ["A1"])]);
    expect(findings(found)).toEqual([["rooms/a", "departed-user", "user:a1"]]);
    const [finding] = found.findings.get("rooms/a") ?? [];
    expect(finding?.text).toBe("a1 (ana@x.com) was deactivated in Genesys Cloud and is left out.");
  });

  test("who own a resource have a finding there", async () => {
    const api = new FakeDirectory({ users: [{ id: "a1", email: "ana@x.com", state: "inactive" }] });
    const settings = {
      ...{ address: "users/ana@x.com/settings", kind: "users/*/settings", id: userId("ana@x.com") },
      ...{ attributes: {}, pointer: "" },
    };
    const found = await resolve(api, [settings]);
    expect(found.resources[0]?.id).toBe("a1");
    expect(findings(found)).toEqual([["users/ana@x.com/settings", ...departed]]);
  });

  test("are not suggested for an unknown e-mail", async () => {
    const api = new FakeDirectory({ users: [{ id: "a1", email: "ana@x.com", state: "inactive" }] });
    const { problems } = await resolve(api, [room("a", [userId("ana@x.com"), userId("ena@x.com")])]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.help).not.toContain("ana@x.com");
  });
});

describe("login names", () => {
  const jo = { id: "o1", email: "jo.smith@x.com", username: "jsmith@corp.x.com" };

  test("find a user whom no e-mail finds, with a note, by one more search", async () => {
    const api = new FakeDirectory({ users: [...users, jo] });
    const found = await resolve(api, [room("a", [userId("JSmith@corp.x.com"), userId("kim@x.com")])]);
    expect(participants(found)).toEqual([["o1", "k1"]]);
    expect(findings(found)).toEqual([["rooms/a", "login-name", "user:jsmith@corp.x.com"]]);
    expect(found.findings.get("rooms/a")?.[0]).toMatchObject({
      severity: "note",
      text: "jsmith@corp.x.com is the login name of jo.smith@x.com (o1), and nobody's e-mail.",
    });
    expect(found.names).toMatchObject({ o1: "jo.smith@x.com" });
    expect(api.counts()).toEqual({ postUsersSearch: 2 });
  });

  test("are no changed e-mails once the state knows them", async () => {
    const api = new FakeDirectory({ users: [...users, jo] });
    const state = stateWith({ "jsmith@corp.x.com": "o1" });
    const found = await resolve(api, [room("a", [userId("jsmith@corp.x.com")])], { state });
    expect(participants(found)).toEqual([["o1"]]);
    expect(findings(found)).toEqual([["rooms/a", "login-name", "user:jsmith@corp.x.com"]]);
    expect(api.counts()).toEqual({ postUsersSearch: 1, getUsers: 1 });
  });

  test("are not searched for where every e-mail finds a user, and stand behind e-mails", async () => {
    const other = { id: "o2", email: "other@x.com", username: "kim@x.com" };
    const api = new FakeDirectory({ users: [...users, other] });
    const found = await resolve(api, [room("a", [userId("kim@x.com")])]);
    expect(participants(found)).toEqual([["k1"]]);
    expect(api.counts()).toEqual({ postUsersSearch: 1 });
  });

  test("that are only similar are nobody's", async () => {
    class Fuzzy extends FakeDirectory {
      override async call(request: ApiRequest): ReturnType<FakeDirectory["call"]> {
        const response = await super.call(request);
        const isLogin = JSON.stringify(request.body ?? null).includes("username");
        return isLogin ? { ...response, body: { results: [jo], total: 1, pageCount: 1 } } : response;
      }
    }
    const found = await resolve(new Fuzzy({ users }), [room("a", [userId("jsmit@corp.x.com")])]);
    expect(briefs(found)).toEqual([["unknown-user", "user:jsmit@corp.x.com"]]);
  });

  test("of two active users are ambiguous", async () => {
    const api = new FakeDirectory({ users: [jo, { ...jo, id: "o2", email: "jo.two@x.com" }] });
    const found = await resolve(api, [room("a", [userId("jsmith@corp.x.com")])]);
    expect(briefs(found)).toEqual([["ambiguous-user", "user:jsmith@corp.x.com"]]);
  });

  test("are left out where the service refuses to search for them", async () => {
    class Refusing extends FakeDirectory {
      override call(request: ApiRequest): ReturnType<FakeDirectory["call"]> {
        const isLogin = JSON.stringify(request.body ?? null).includes("username");
        return isLogin ? Promise.reject(refusal(400, "invalid.value")) : super.call(request);
      }
    }
    const found = await resolve(new Refusing({ users }), [room("a", [userId("x@x.com")])]);
    expect(briefs(found)).toEqual([["unknown-user", "user:x@x.com"]]);
  });
});

describe("changed users", () => {
  test("stay by their id under a new e-mail, with a finding that names it", async () => {
    const api = new FakeDirectory({ users: [{ id: "s1", email: "Samuel@x.com" }] });
    const resources = [room("a", [userId("sam@x.com")])];
    const found = await resolve(api, resources, { state: stateWith({ "sam@x.com": "s1" }) });
    expect(participants(found)).toEqual([["s1"]]);
    expect(findings(found)).toEqual([["rooms/a", "email-changed", "user:sam@x.com"]]);
    expect(found.findings.get("rooms/a")?.[0]?.text).toContain("samuel@x.com");
    expect(found.names).toEqual({ s1: "samuel@x.com" });
    expect(found.journal).toEqual([]);
  });

  test("are the new ones after they were created anew, and are shown by id", async () => {
    const api = new FakeDirectory({ users: [...users, { id: "s0", email: "sam@x.com", state: "deleted" }] });
    const resources = [room("a", [userId("sam@x.com"), userId("kim@x.com")])];
    const state = stateWith({ "sam@x.com": "s0", "kim@x.com": "k1" });
    const found = await resolve(api, resources, { state });
    expect(participants(found)).toEqual([["s1", "k1"]]);
    expect(findings(found)).toEqual([["rooms/a", "user-recreated", "user:sam@x.com"]]);
    expect(found.names).toEqual({ k1: "kim@x.com" });
    expect(found.departed.get("s0")).toEqual({ state: "deleted", email: "sam@x.com" });
    expect(found.journal).toEqual([{ type: "users", users: { "sam@x.com": "s1" } }]);
  });
});

const org: FakeOrg = {
  users: [
    ...users,
    { id: "i1", email: "ina@x.com", state: "inactive" },
    { id: "d1", email: "dan@x.com", state: "deleted" },
  ],
  groups: [
    { id: "g1", name: "Support", members: ["s1", "k1", "i1", "d1"] },
    { id: "g2", name: "Twice", members: [] },
    { id: "g3", name: "Twice", members: [] },
  ],
  teams: [{ id: "t1", name: "Night", members: ["k1", "i1"] }],
  queues: [{ id: "q1", name: "Sales", members: ["j1", "d1", "k1"] }],
  skillGroups: [{ id: "f1", name: "Spanish", members: ["s1", "d1"] }],
  reports: { j1: ["s1", "i1"] },
};

describe("sources", () => {
  const all = [
    sourceRef("group", "Support"),
    sourceRef("team", "Night"),
    sourceRef("queue", "Sales"),
    sourceRef("reportsOf", "Jane@x.com"),
    sourceRef("skillGroup", "Spanish"),
  ];

  test.each([
    ["with their states", {}, {}],
    ["without states", { memberStates: false }, { getUsers: 1 }],
    ["that count users whom they do not list", { hidesDeleted: true, totals: "all" }, {}],
    ["without totals", { totals: "none" }, {}],
    ["with reports in pages", { reportsAs: "entities" }, {}],
  ] as const)("give their active members, read once: %s", async (_how, variants, more) => {
    const api = new FakeDirectory(org, variants);
    const found = await resolve(api, [room("a", all), room("b", [...all].reverse())]);
    expect(found.problems).toEqual([]);
    expect(found.resources[0]?.lists).toEqual({
      "/participants": {
        "group:Support": ["s1", "k1"],
        "team:Night": ["k1"],
        "queue:Sales": ["j1", "k1"],
        "reportsOf:jane@x.com": ["s1"],
        "skillGroup:Spanish": ["s1"],
      },
    });
    expect(participants(found)[0]).toEqual(["s1", "k1", "k1", "j1", "k1", "s1", "s1"]);
    expect(api.counts()).toEqual({
      ...{ postUsersSearch: 1, postGroupsSearch: 1, getGroupMembers: 1, getTeams: 1, getTeamMembers: 1 },
      ...{ getRoutingQueues: 1, getRoutingQueueMembers: 1, getUserDirectreports: 1 },
      ...{ getRoutingSkillgroups: 1, getRoutingSkillgroupMembers: 1, ...more },
    });
    expect(found.sources.get("team:Night")).toEqual(["k1"]);
  });

  test("leave out the users and sources of except, whose entry has a key of its own", async () => {
    const except = [userId("Kim@x.com"), sourceRef("skillGroup", "Spanish", [userId("sam@x.com")]), "J1"];
    const entry = sourceRef("group", "Support", except);
    const found = await resolve(new FakeDirectory(org), [room("a", [entry, sourceRef("queue", "Sales")])]);
    expect(participants(found)).toEqual([["s1", "j1", "k1"]]);
    expect(Object.values(found.resources[0]?.lists?.["/participants"] ?? {})).toEqual([["s1"], ["j1", "k1"]]);
  });

  test("that are unknown, ambiguous or may not be read are problems at their reference", async () => {
    const refs: readonly Id[] = [
      sourceRef("group", "support"),
      sourceRef("group", "Twice"),
      sourceRef("team", "Nigth"),
      sourceRef("queue", "Sales"),
      sourceRef("reportsOf", "nobody@x.com"),
      sourceRef("reportsOf", "9999"),
    ];
    const error = refusal(403, "missing.any.permissions", ["routing:queue:view"]);
    const api = new FakeDirectory(org, {}, { getRoutingQueueMembers: error });
    const found = await resolve(api, [room("a", refs)]);
    expect(briefs(found)).toEqual(
      [
        ["unknown-group", "group:support"],
        ["ambiguous-group", "group:Twice"],
        ["unreadable-source", "queue:Sales"],
        ["unknown-source", "team:Nigth"],
        ["unknown-user", "reportsOf:nobody@x.com"],
        ["unknown-user", "reportsOf:9999"],
      ].sort((a, b) => order(a) - order(b)),
    );
    const help = (code: string) => found.problems.find((one) => one.code === code)?.help;
    expect(help("unknown-group")).toBe("Did you mean Support?");
    expect(help("unknown-source")).toBe("Did you mean Night?");
    expect(help("unreadable-source")).toContain("routing:queue:view");
    function order([, reference = ""]: readonly string[]): number {
      return ["group:Twice", "group:support", "queue:Sales", "team:Nigth"].indexOf(reference) >>> 0;
    }
  });

  test.each([
    ["any case", {}, { postGroupsSearch: 2, getTeams: 2 }],
    ["the exact case of groups", { searchCase: "exact" }, { postGroupsSearch: 3, getTeams: 2 }],
    ["whole names of teams", { nameFilter: "exact" }, { postGroupsSearch: 2, getTeams: 3 }],
  ] as const)(
    "that are misspelled get a suggestion from a service that matches %s",
    async (_how, variants, counts) => {
      const api = new FakeDirectory(org, variants);
      const found = await resolve(api, [
        room("a", [sourceRef("group", "suport"), sourceRef("team", "nihgt")]),
      ]);
      expect(found.problems.map(({ help }) => help)).toEqual([
        "Did you mean Support?",
        "Did you mean Night?",
      ]);
      expect(api.counts()).toEqual(counts);
    },
  );

  test("that fail to be read are failures, not empty", async () => {
    const api = new FakeDirectory(org, {}, { getTeamMembers: refusal(500, "internal.server.error") });
    const found = await resolve(api, [room("a", [sourceRef("team", "Night")])]);
    expect(briefs(found)).toEqual([["read-failed", "team:Night"]]);
    const states = new FakeDirectory(
      org,
      { memberStates: false },
      { getUsers: refusal(500, "internal.server.error") },
    );
    await expect(resolve(states, [room("a", [sourceRef("team", "Night")])])).rejects.toThrow("internal");
  });

  test("whose members have no state are a failure where the credentials may not read users", async () => {
    const forbidden = { getUsers: refusal(403, "missing.permissions") };
    const api = new FakeDirectory(org, { memberStates: false }, forbidden);
    await expect(resolve(api, [room("a", [sourceRef("team", "Night")])])).rejects.toThrow(
      "missing.permissions",
    );
    const declared = await resolve(new FakeDirectory(org, {}, forbidden), [room("a", ["i1"])]);
    expect([participants(declared), findings(declared)]).toEqual([[["i1"]], []]);
  });

  test("of a departed manager are read, with a finding", async () => {
    const users = [{ id: "m1", email: "max@x.com", state: "inactive" }, ...(org.users ?? [])];
    const api = new FakeDirectory({ users, reports: { m1: ["k1"] } });
    const found = await resolve(api, [room("a", [sourceRef("reportsOf", "max@x.com")])]);
    expect(participants(found)).toEqual([["k1"]]);
    expect(findings(found)).toEqual([["rooms/a", "departed-user", "reportsOf:max@x.com"]]);
  });

  test("of one type are found with one request where they are on one page", async () => {
    const teams = Array.from({ length: 10 }, (_, at) => ({ id: `t${at}`, name: `Team ${at}`, members: [] }));
    const api = new FakeDirectory({ teams });
    await resolve(api, [
      room(
        "a",
        teams.map(({ name }) => sourceRef("team", name)),
      ),
    ]);
    expect(api.counts()).toEqual({ getTeams: 1, getTeamMembers: 10 });
  });

  test("give the recorded members without a refresh", async () => {
    const entry = sourceRef("group", "Support", [userId("kim@x.com")]);
    const key = 'group:Support except ["user:kim@x.com"]';
    const recorded = { kind: "rooms/*", id: "r", applied: {}, lists: { "/participants": { [key]: ["s9"] } } };
    const state = { ...emptyState("L"), resources: { "rooms/a": recorded } };
    const api = new FakeDirectory(org);
    const list = [entry, sourceRef("team", "Night")];
    const found = await resolve(api, [room("a", list)], { state, refresh: false });
    expect(participants(found)).toEqual([["s9", "k1"]]);
    expect(api.counts()).toEqual({ getTeams: 1, getTeamMembers: 1 });
  });
});

describe("blocks for many users", () => {
  const block = (members: readonly Json[], except: readonly Json[]): SharedDeclaration => ({
    ...{
      entry: "userSettings/agents",
      kind: "users/*/settings",
      members,
      except,
      attributes: { muted: true },
      pointer: "",
    },
  });

  test("have their recorded users without a refresh, by e-mail", async () => {
    const from = { entry: "userSettings/agents", source: "queue:Sales", others: ["team:Night"] };
    const recorded = { kind: "users/*/settings", id: "s9", applied: { muted: true }, from };
    const state = { ...emptyState("L"), resources: { "users/sam%2f9@x.com/settings": recorded } };
    const api = new FakeDirectory(org);
    const shared = [block([sourceRef("queue", "Sales"), sourceRef("team", "Night")], [])];
    const found = await resolve(api, [], { shared, state, refresh: false });
    expect(found.resources).toMatchObject([{ address: "users/sam%2f9@x.com/settings", id: "s9", from }]);
    expect(api.counts()).toEqual({});
  });

  test("declare a resource for each active user of a source, and for each user", async () => {
    const members = [sourceRef("team", "Night"), sourceRef("queue", "Sales"), userId("ina@x.com")];
    const api = new FakeDirectory(org, { memberStates: false });
    const found = await resolve(api, [], { shared: [block(members, [userId("jane@x.com")])] });
    expect(found.resources.map(({ address, id, from }) => [address, id, from?.source])).toEqual([
      ["users/ina@x.com/settings", "i1", "user:ina@x.com"],
      ["users/kim@x.com/settings", "k1", "team:Night"],
    ]);
    expect(findings(found)).toEqual([["users/ina@x.com/settings", "departed-user", "user:ina@x.com"]]);
  });
});
