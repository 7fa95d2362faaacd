import { expect, it } from "vitest";
import type { Resource } from "../../../../src/core/kind/resource.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { followRenames } from "../../../../src/engine/plan/follow-renames.js";

it("tells the first of many renames one by one", () => {
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
  const texts: string[] = [];
  const declared = new Set(resources.map(({ address }) => address));
  const followed = followRenames(state, resources, declared, (event) => {
    if (event.type === "notice") texts.push(event.text);
  });
  expect(Object.keys(followed.state.resources)).toEqual([...declared].sort());
  expect(followed.toNewName("users/u0@old.com/settings")).toBe("users/u0@new.com/settings");
  expect(texts).toHaveLength(11);
  expect(texts[10]).toBe("2 more have a new name too.");
});
