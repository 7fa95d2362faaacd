import { describe, expect, test } from "vitest";
import type { Ref } from "../../../../src/core/calls/reference.js";
import { sourceRef, substitute, userId } from "../../../../src/core/calls/reference.js";
import type { Json } from "../../../../src/core/json/json.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { SharedInput } from "../../../../src/core/people/expand-shared.js";
import { expandShared } from "../../../../src/core/people/expand-shared.js";
import type { ResolvedShared, SharedDeclaration } from "../../../../src/core/people/shared-declaration.js";
import { resolveShared } from "../../../../src/core/people/shared-declaration.js";

const kind = "users/*/settings";
const known: Record<string, Json> = {
  "group:Support": ["jane", "sam"],
  "team:Night": ["sam", "kim"],
  "user:jane@example.com": "jane",
  "user:kim@example.com": "kim",
};
const emails = new Map([
  ["jane", "Jane@Example.com"],
  ["sam", "sam@example.com"],
]);

function when(value: string, extra: Record<string, Json> = {}): Record<string, Json> {
  return { mobile: { notifications: { when: value, ...extra } } };
}

function entry(
  name: string,
  members: readonly Json[],
  attributes = when("Always"),
  except: readonly Json[] = [],
): SharedDeclaration {
  return {
    entry: `userSettings/${name}`,
    kind,
    members,
    except,
    attributes,
    pointer: `/userSettings/${name}`,
  };
}

function own(name: string, id: string, attributes = when("Never")): Resource {
  return { address: `users/${name}/settings`, kind, id, attributes, pointer: `/users/${name}/settings` };
}

function resolved(declaration: SharedDeclaration): ResolvedShared {
  return resolveShared(declaration, (id) => {
    const found = substitute([id], ({ $ref }: Ref) => known[$ref]);
    return found.every((one) => typeof one === "string") ? found : undefined;
  });
}

function expand(
  shared: readonly SharedDeclaration[],
  resources: readonly Resource[] = [],
): readonly Resource[] {
  return expandShared({ resources, shared: shared.map(resolved), emails });
}

const support = sourceRef("group", "Support");
const night = sourceRef("team", "Night");
const jane = userId("jane@example.com") as Ref;

describe("expandShared", () => {
  test("gives each member a resource by e-mail in lower case, or by id where there is none", () => {
    const resources = expand([entry("all", [support, night])]);
    expect(resources[0]).toEqual({
      address: "users/jane@example.com/settings",
      kind,
      id: "jane",
      attributes: when("Always"),
      pointer: "/userSettings/all",
      from: { entry: "userSettings/all", source: "group:Support" },
    });
    expect(resources.map(({ address, from }) => [address, from?.source, from?.others])).toEqual([
      ["users/jane@example.com/settings", "group:Support", undefined],
      ["users/kim/settings", "team:Night", undefined],
      ["users/sam@example.com/settings", "group:Support", ["team:Night"]],
    ]);
  });

  test("joins one person in several spellings", () => {
    const [first, second] = expand([entry("all", ["jane", jane, support])]);
    expect(first).toMatchObject({
      id: "jane",
      from: { source: "jane", others: ["user:jane@example.com", "group:Support"] },
    });
    expect(second).toMatchObject({ id: "sam", from: { source: "group:Support" } });
    const [joined] = expand([entry("all", [jane])], [own("jane", "JANE", when("Always"))]);
    expect(joined?.address).toBe("users/jane/settings");
  });

  test("leaves out exceptions of the entry, and of a source", () => {
    const night1 = sourceRef("team", "Night", [userId("kim@example.com")]);
    expect(expand([entry("all", [support, night1], when("Always"), [jane])]).map(({ id }) => id)).toEqual([
      "sam",
    ]);
    // The same person may be a member by another entry.
    const two = [entry("all", [support], when("Always"), [jane]), entry("rest", [support])];
    expect(expand(two).map(({ id, from }) => [id, from?.entry])).toEqual([
      ["jane", "userSettings/rest"],
      ["sam", "userSettings/all"],
    ]);
  });

  test("puts nobody in while an exception is unknown, and leaves out unknown members", () => {
    expect(expand([entry("all", [support], when("Always"), [sourceRef("queue", "?")])])).toEqual([]);
    expect(expand([entry("all", [jane, userId("who@example.com") as Ref])]).map(({ id }) => id)).toEqual([
      "jane",
    ]);
  });

  test("takes each value from the own block first, then from the entries in their order", () => {
    const shared = [
      entry("first", [jane], when("A", { sound: "a" })),
      entry("second", [support], when("B", { led: "b" })),
    ];
    const [result] = expand(shared, [own("jane@example.com", "jane", when("Own"))]);
    expect(result).toEqual({
      ...own("jane@example.com", "jane"),
      attributes: when("Own", { sound: "a", led: "b" }),
      from: {
        entry: "userSettings/first",
        source: "user:jane@example.com",
        overruled: [
          {
            entry: "userSettings/first",
            source: "user:jane@example.com",
            path: "/mobile/notifications/when",
            value: "A",
            by: "users/jane@example.com/settings",
          },
          {
            entry: "userSettings/second",
            source: "group:Support",
            path: "/mobile/notifications/when",
            value: "B",
            by: "users/jane@example.com/settings",
          },
        ],
      },
    });
  });

  test("names the own block where it gives everything and an entry disagrees, and nothing where they agree", () => {
    const shared = [entry("all", [support])];
    const [differs] = expand(shared, [own("jane@example.com", "jane")]);
    expect(differs?.from).toMatchObject({
      entry: "users/jane@example.com/settings",
      overruled: [{ entry: "userSettings/all", by: "users/jane@example.com/settings" }],
    });
    const same = own("jane@example.com", "jane", when("Always"));
    expect(expand(shared, [same])[0]).toBe(same);
  });

  test("says which entry goes before which where two disagree", () => {
    const [, sam] = expand([entry("a", [support]), entry("b", [night], when("Never"))]).filter(
      ({ id }) => id !== "kim",
    );
    expect(sam?.from).toEqual({
      entry: "userSettings/a",
      source: "group:Support",
      overruled: [
        {
          entry: "userSettings/b",
          source: "team:Night",
          path: "/mobile/notifications/when",
          value: "Never",
          by: "userSettings/a",
        },
      ],
    });
  });

  test("shows ids where two users have one e-mail", () => {
    const input: SharedInput = {
      resources: [own("kim@example.com", "kim")],
      shared: [resolved(entry("all", ["a", "b", "c"]))],
      emails: new Map([
        ["a", "x@example.com"],
        ["b", "X@example.com"],
        ["c", "kim@example.com"],
      ]),
    };
    expect(expandShared(input).map(({ address }) => address)).toEqual([
      "users/a/settings",
      "users/b/settings",
      "users/c/settings",
      "users/kim@example.com/settings",
    ]);
  });

  test("expands 20,000 members in two entries", () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `u${at}`);
    known["group:Everyone"] = ids;
    const everyone = sourceRef("group", "Everyone");
    const result = expand([entry("a", [everyone, ...ids]), entry("b", [everyone], when("Never"))]);
    expect(result).toHaveLength(20_000);
    expect(result[0]?.from?.overruled).toHaveLength(1);
  });
});
