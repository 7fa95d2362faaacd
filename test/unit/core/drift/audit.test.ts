import { describe, expect, it } from "vitest";
import { auditScope, findIdlePatterns, withoutIgnored } from "../../../../src/core/drift/audit.js";
import type { Drift } from "../../../../src/core/plan/change.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { RecordedResource, State } from "../../../../src/core/state/state.js";
import { emptyState } from "../../../../src/core/state/state.js";

const drift = (address: string, ...paths: readonly string[]): Drift => ({
  address,
  kind: "rooms/*",
  before: {},
  because: [],
  after: paths.length === 0 ? null : {},
  paths,
});

const all = [
  drift("rooms/a", "/description", "/subject"),
  drift("rooms/a/messages/m"),
  drift("users/jane@example.com/settings", "/mobile/notifications/when"),
];

describe("withoutIgnored", () => {
  const left = (...patterns: readonly string[]): readonly string[] =>
    withoutIgnored(all, patterns).drift.map(({ address, paths }) => [address, ...paths].join(" "));
  const whole = left();

  it.each<readonly [pattern: string, ignored: number, gone: readonly string[]]>([
    ["rooms/a/subject", 1, []],
    ["rooms/*/*", 2, ["rooms/a /description /subject"]],
    ["rooms/a", 2, ["rooms/a /description /subject"]],
    ["rooms/**", 3, ["rooms/a /description /subject", "rooms/a/messages/m"]],
    ["rooms/a/messages/m", 1, ["rooms/a/messages/m"]],
    ["Users/Jane@Example.com/settings/mobile", 1, [whole[2] ?? ""]],
    ["users/*/settings/mobile/notifications/when", 1, [whole[2] ?? ""]],
    ["rooms/b", 0, []],
    ["rooms/a/subj", 0, []],
  ])("%s leaves out %i", (pattern, ignored, gone) => {
    expect(withoutIgnored(all, [pattern]).ignored).toBe(ignored);
    const expected = whole
      .filter((one) => !gone.includes(one))
      .map((one) => (pattern === "rooms/a/subject" ? one.replace(" /subject", "") : one));
    expect(left(pattern)).toEqual(expected);
  });
});

describe("idlePatterns", () => {
  it("are those that match nothing declared", () => {
    const resources = [
      { address: "rooms/a", attributes: { subject: "A" } },
      { address: "settings", attributes: { reactionsEnabled: true } },
      { address: "users/j/settings", attributes: { mobile: { notifications: { when: "Always" } } } },
    ];
    const good = ["rooms/*/subject", "Rooms/A", "settings/reactionsEnabled", "**", "users/*/settings/mobile"];
    const idle = ["rooms/b/subject", "sitings", "settings/x", "rooms/a/description", "users/k/settings"];
    expect(findIdlePatterns([...good, ...idle], resources)).toEqual(idle);
    expect(findIdlePatterns([], resources)).toEqual([]);
  });
});

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
  const state: State = { ...emptyState("l"), resources: { "rooms/a": recorded, "rooms/left": recorded } };

  it("contains the applied values of declared resources", () => {
    const scope = auditScope([declared("rooms/a", "another-jid"), declared("rooms/b", "jid-b")], state);
    expect(scope).toMatchObject({ baseline: "applied", pending: ["rooms/b"] });
    expect(scope.resources).toEqual([
      expect.objectContaining({
        address: "rooms/a",
        id: "jid",
        attributes: { subject: "applied" },
        ignore: ["description"],
      }),
    ]);
  });

  it("omits orphans", () => {
    const applied = { subject: "applied", description: "undeclared since", owners: ["u"] };
    const scope = auditScope([declared("rooms/a")], {
      ...emptyState("l"),
      resources: { "rooms/a": { ...recorded, applied } },
    });
    expect(scope.resources[0]?.attributes).toEqual({ subject: "applied" });
  });

  it.each([undefined, emptyState("l")])("contains the config when nothing was ever applied", (none) => {
    const user = { $ref: "user:jane@example.com", field: "id" };
    const created = { $ref: "rooms/b", field: "jid" };
    const scope = auditScope(
      [
        declared("rooms/a", "jid"),
        declared("rooms/b"),
        declared("rooms/b/pins", created),
        declared("users/j/settings", user),
      ],
      none,
    );
    expect(scope).toMatchObject({ baseline: "files", pending: ["rooms/b", "rooms/b/pins"] });
    expect(scope.resources.map(({ address }) => address)).toEqual(["rooms/a", "users/j/settings"]);
  });
});
