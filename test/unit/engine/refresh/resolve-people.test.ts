import { describe, expect, test } from "vitest";
import { DiagnosticsError } from "../../../../src/core/diagnostic.js";
import type { Json, JsonObject } from "../../../../src/core/json/json.js";
import { isArray, isObject } from "../../../../src/core/json/json.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import { sourceRef, userId } from "../../../../src/core/calls/reference.js";
import { emptyState } from "../../../../src/core/state/state.js";
import type { PeopleInput } from "../../../../src/engine/refresh/resolve-people.js";
import { throwDiagnostics } from "../../../../src/engine/refresh/read-failed.js";
import {
  readUserNames,
  resolvePeople,
  findUnknownIds,
} from "../../../../src/engine/refresh/resolve-people.js";
import { refusal, Scripted } from "../scripted.js";

interface Org {
  /** Users: id, e-mail, state. */
  readonly users?: readonly (readonly [string, string, string?])[];
  /** Members by group id; the name is in front of the `#`. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

const perPage = 2;

/** A directory with pages of two. */
function directory({ users = [], groups = {} }: Org): Scripted {
  const objects = users.map(([id, email, state = "active"]) => ({ id, email, state }));
  const paged = (member: string, all: readonly Json[], page: number): JsonObject => ({
    [member]: all.slice((page - 1) * perPage, page * perPage),
    pageCount: Math.ceil(all.length / perPage),
    total: all.length,
  });
  return new Scripted(({ operation, body, params = {}, query = {} }) => {
    const asked = isObject(body) ? body : {};
    const page = Number(asked["pageNumber"] ?? query["pageNumber"] ?? 1);
    const [criterion] = isArray(asked["query"]) ? asked["query"] : [];
    const { value, values } = isObject(criterion) ? criterion : {};
    const wanted = (isArray(values) ? values : [value]).map((one) =>
      typeof one === "string" ? one.toLowerCase() : "",
    );
    if (operation === "postUsersSearch") {
      const found = objects.filter(({ email }) => wanted.includes(email.toLowerCase()));
      return paged("results", found, page);
    }
    if (operation === "postGroupsSearch") {
      const found = Object.keys(groups).filter((id) => id.split("#")[0]?.toLowerCase() === wanted[0]);
      return paged(
        "results",
        found.map((id) => ({ id, name: id.split("#")[0] ?? "" })),
        page,
      );
    }
    if (operation === "getGroupMembers") {
      const members = groups[params["groupId"] ?? ""] ?? [];
      return paged(
        "entities",
        members.map((id) => ({ id, email: `${id}@x.com` })),
        page,
      );
    }
    if (operation !== "getUsers") throw new Error(`unexpected ${operation}`);
    return { entities: objects.filter(({ id }) => (query["id"] ?? []).includes(id)) };
  });
}

function room(name: string, people: readonly Json[], rest: Partial<Resource> = {}): Resource {
  return {
    address: `rooms/${name}`,
    kind: "rooms/*",
    attributes: { participants: people },
    pointer: "",
    ...rest,
  };
}

const person = (email: string): Json => userId(email);

function input(api: Scripted, resources: readonly Resource[], rest: Partial<PeopleInput> = {}): PeopleInput {
  return { ...{ api, resources, state: undefined, refresh: true, onEvent: () => undefined }, ...rest };
}

const peopleIn = ({ resources }: Awaited<ReturnType<typeof resolvePeople>>): readonly unknown[] =>
  resources.map(({ attributes }) => attributes["participants"]);

describe("e-mails", () => {
  const users = [
    ["s1", "Sam@x.com"],
    ["k1", "kim@x.com"],
    ["j1", "jane@x.com"],
  ] as const;

  test("are looked up once each in one search, wherever and however they are written", async () => {
    const api = directory({ users });
    const found = await resolvePeople(
      input(api, [
        room("a", [person("sam@x.com"), person("KIM@x.com"), "z9"]),
        room("b", [person("SAM@X.COM")], { id: userId("jane@x.com"), container: userId("kim@x.com") }),
      ]),
    );
    expect(peopleIn(found)).toEqual([["s1", "k1", "z9"], ["s1"]]);
    expect(found.resources[1]).toMatchObject({ id: "j1", container: "k1" });
    // Three e-mails, two on a page.
    expect(api.counts()).toEqual({ postUsersSearch: 2 });
    expect(found.names).toEqual({ s1: "sam@x.com", k1: "kim@x.com", j1: "jane@x.com" });
    expect(found.findings).toEqual([
      { type: "users", users: { "jane@x.com": "j1", "kim@x.com": "k1", "sam@x.com": "s1" } },
    ]);
  });

  test("cause no request when there are none", async () => {
    const api = directory({});
    expect(peopleIn(await resolvePeople(input(api, [room("a", ["s1"])])))).toEqual([["s1"]]);
    expect(api.requests).toEqual([]);
  });

  test("report all unknown and ambiguous ones at once, with the closest match", async () => {
    const api = directory({ users: [...users, ["k2", "kim@x.com"]] });
    const { problems } = await resolvePeople(
      input(api, [room("a", [person("smm@x.com"), person("kim@x.com"), person("sam@x.com")])]),
    );
    expect(problems.map(({ code, reference }) => [code, reference])).toEqual([
      ["ambiguous-user", "user:kim@x.com"],
      ["unknown-user", "user:smm@x.com"],
    ]);
    expect(problems[0]?.detail).toContain("k1, k2");
    expect(problems[1]?.help).toContain("sam@x.com");
  });

  test.each([
    ["the active one of two is meant", ["active", "deleted"], "a0"],
    ["of several active ones none is", ["active", "active"], undefined],
    ["the only one is meant, active or not", ["inactive"], "a0"],
    ["of several that are gone none is", ["deleted", "inactive"], undefined],
  ])("%s", async (_what, states, wanted) => {
    const api = directory({ users: states.map((state, at) => [`a${at}`, "ana@x.com", state]) });
    const found = await resolvePeople(input(api, [room("a", [person("ana@x.com")])]));
    expect(found.problems.map(({ code }) => code)).toEqual(wanted === undefined ? ["ambiguous-user"] : []);
    if (wanted !== undefined) expect(peopleIn(found)).toEqual([[wanted]]);
  });

  test("resolve to their new user after a reassignment, and the state records that", async () => {
    const state = { ...emptyState("L"), users: { "sam@x.com": "old", "kim@x.com": "k1" } };
    const resources = [room("a", [person("sam@x.com"), person("kim@x.com")])];
    const found = await resolvePeople(input(directory({ users }), resources, { state }));
    expect(peopleIn(found)).toEqual([["s1", "k1"]]);
    expect(found.findings).toEqual([{ type: "users", users: { "sam@x.com": "s1" } }]);
  });

  test("are not looked up without a refresh when the state knows them", async () => {
    const api = directory({ users });
    const state = { ...emptyState("L"), users: { "sam@x.com": "old" } };
    const resources = [room("a", [person("sam@x.com"), person("kim@x.com")])];
    const found = await resolvePeople(input(api, resources, { state, refresh: false }));
    expect(peopleIn(found)).toEqual([["old", "k1"]]);
    expect(JSON.stringify(api.requests)).not.toContain("sam@x.com");
  });
});

describe("groups", () => {
  test("are looked up once each over all pages, with the names of their members", async () => {
    const api = directory({ groups: { "Support#1": ["u1", "u2", "u3", "u4", "u5"] } });
    const found = await resolvePeople(
      input(api, [
        room("a", [sourceRef("group", "Support"), "u9"]),
        room("b", [sourceRef("group", "Support")]),
      ]),
    );
    const all = ["u1", "u2", "u3", "u4", "u5"];
    expect(peopleIn(found)).toEqual([[...all, "u9"], all]);
    expect(api.counts()).toEqual({ postGroupsSearch: 1, getGroupMembers: 3 });
    expect(found.names).toEqual(Object.fromEntries(all.map((id) => [id, `${id}@x.com`])));
    // Who is in a group today says nothing of an e-mail that a file may name.
    expect(found.findings).toEqual([]);
  });

  test.each([
    ["unknown-group", "Sales"],
    ["ambiguous-group", "Support"],
    // Names match exactly, though the service's search may not care for case.
    ["unknown-group", "support"],
  ])("%s: %s", async (code, name) => {
    const api = directory({ groups: { "Support#1": ["u1"], "Support#2": ["u2"] } });
    const { problems } = await resolvePeople(input(api, [room("a", [sourceRef("group", name)])]));
    expect(problems.map((one) => [one.code, one.reference])).toEqual([[code, `group:${name}`]]);
    expect(api.counts()["getGroupMembers"]).toBeUndefined();
  });
});

describe("names", () => {
  test("are looked up together, and are missing for unknown users", async () => {
    const api = directory({ users: [["s1", "sam@x.com"]] });
    expect(await readUserNames(api, ["s1", "z9"])).toEqual({ names: { s1: "sam@x.com" }, missing: ["z9"] });
    expect(api.counts()).toEqual({ getUsers: 1 });
  });

  test("cause no request for nobody, and no failure when refused, because names are only for display", async () => {
    const api = new Scripted(() => {
      throw refusal(403, "missing.permissions");
    });
    expect(await readUserNames(api, [])).toEqual({ names: {}, missing: [] });
    expect(api.requests).toEqual([]);
    expect(await readUserNames(api, ["s1"])).toEqual({ names: {}, missing: [] });
  });

  test("report an id as unknown only when the service says that it does not exist", async () => {
    const statuses: Readonly<Record<string, number>> = { gone: 404, hidden: 403 };
    const api = new Scripted(({ params = {} }) => {
      const { userId } = params;
      const status = statuses[userId ?? ""];
      if (status !== undefined) throw refusal(status, "code");
      return { id: userId };
    });
    const problems = await findUnknownIds(api, ["gone", "hidden", "there"]);
    expect(problems.map(({ code, reference }) => [code, reference])).toEqual([["unknown-user", "user:gone"]]);
    const broken = new Scripted(() => {
      throw refusal(500, "internal");
    });
    await expect(findUnknownIds(broken, ["s1"])).rejects.toThrow("internal");
  });
});

test("reports a lookup that fails as a problem of the plan, never as an empty result", async () => {
  const api = new Scripted(() => {
    throw refusal(403, "missing.permissions");
  });
  const asked = throwDiagnostics(resolvePeople(input(api, [room("a", [person("sam@x.com")])])));
  await expect(asked).rejects.toSatisfy(
    (error) =>
      error instanceof DiagnosticsError && error.diagnostics.every(({ code }) => code === "read-failed"),
  );
});
