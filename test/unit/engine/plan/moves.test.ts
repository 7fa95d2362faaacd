import { expect, it } from "vitest";
import type { Resource } from "../../../../src/core/kind/resource.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { followRenames } from "../../../../src/engine/plan/moves.js";

it("follows users to their new e-mails", () => {
  const users = Array.from({ length: 12 }, (_, at) => `users/u${at}`);
  const kind = "users/*/settings";
  const resources = users.map((name): Resource => ({
    ...{ address: `${name}@new.com/settings`, kind, id: name, attributes: {}, pointer: "" },
  }));
  const state = {
    ...emptyState("l"),
    resources: Object.fromEntries(
      users.map((name) => [`${name}@old.com/settings`, { kind, id: name, applied: {} }]),
    ),
  };
  const declared = new Set(resources.map(({ address }) => address));
  const followed = followRenames(state, resources, declared);
  expect(Object.keys(followed.state?.resources ?? {})).toEqual([...declared].sort());
  expect(followed.rename("users/u0@old.com/settings")).toBe("users/u0@new.com/settings");
});
