import { describe, expect, test } from "vitest";
import type { HeldPermission } from "../../../../src/core/permissions/held-permissions.js";
import { grantFinder } from "../../../../src/core/permissions/held-permissions.js";
import { checkPermissions } from "../../../../src/core/permissions/missing-permissions.js";

const held = (...permissions: readonly string[]): readonly HeldPermission[] =>
  permissions.map((permission) => ({ permission }));

describe("grantFinder", () => {
  test.each([
    ["chat:room:add", true],
    ["chat:room:*", true],
    ["chat:*:*", true],
    ["chat:*:add", true],
    ["*:*:*", true],
    ["Chat:Room:Add", true],
    ["chat:room:edit", false],
    ["chat:room", false],
    ["chat:roomMessage:*", false],
    ["chat:*:edit", false],
    ["", false],
  ])("%s gives chat:room:add: %s", (permission, gives) => {
    expect(grantFinder(held(permission))("chat:room:add")).toHaveLength(gives ? 1 : 0);
  });
});

describe("checkPermissions", () => {
  const add = {
    operation: "postChatsRooms",
    anyOf: ["chat:chat:access", "chat:room:add"],
    addresses: ["rooms/b"],
  };

  test("needs any one of a set, and none where the set is empty", () => {
    const free = { operation: "getUsersMe", anyOf: [], addresses: [] };
    for (const permission of add.anyOf)
      expect(checkPermissions([add, free], held(permission))).toEqual({ missing: [], limited: [] });
    expect(checkPermissions([free], [])).toEqual({ missing: [], limited: [] });
  });

  test("joins the operations and addresses that miss the same set, sorted", () => {
    const view = { operation: "getChatsRoom", anyOf: ["chat:room:view"], addresses: ["rooms/b"] };
    const needs = [{ ...add, operation: "postB" }, view, { ...add, addresses: ["rooms/a", "rooms/b"] }];
    expect(checkPermissions(needs, held("chat:room:edit")).missing).toEqual([
      { anyOf: add.anyOf, operations: ["postB", "postChatsRooms"], addresses: ["rooms/a", "rooms/b"] },
      { anyOf: view.anyOf, operations: ["getChatsRoom"], addresses: ["rooms/b"] },
    ]);
  });

  test("counts a limited grant, and names it unless another grant has no limit", () => {
    const limited = { permission: "chat:room:add", limit: "in the division Sales" };
    expect(checkPermissions([add, add], [limited])).toEqual({ missing: [], limited: [limited] });
    expect(checkPermissions([add], [limited, ...held("chat:*:*")])).toEqual({ missing: [], limited: [] });
  });
});
