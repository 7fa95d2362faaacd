import { expect, it } from "vitest";
import { createdIds } from "../../../../../src/cli/commands/apply/created-ids.js";
import type { State } from "../../../../../src/core/state/state.js";
import { emptyState } from "../../../../../src/core/state/state.js";
import { intent, resource } from "../../../state/samples.js";

const before: State = {
  ...emptyState("l"),
  resources: { "rooms/a": resource("jid-a") },
  uncertain: [intent("rooms/old")],
};

it("lists what a run created, with the command that brings it back, and what it does not know", () => {
  const settings = { kind: "settings", id: "settings", applied: {} };
  const after: State = {
    ...before,
    resources: { ...before.resources, "rooms/b": resource("jid-\u001bb"), settings },
    uncertain: [...before.uncertain, intent("rooms/c")],
  };
  const text = createdIds(before, after);
  expect(text).toMatch(/^Created or adopted by this run:\n {2}chatform import rooms\/b jid-\S*b\n/);
  expect(text).toMatch(/Uncertain creates of this run:\n {2}rooms\/c \{"subject":"Bridge",/);
  expect(text).not.toMatch(/rooms\/a|rooms\/old|settings/);
  expect(text).not.toContain("\u001b");
});

it("is empty when nothing was created", () => {
  expect(createdIds(before, before)).toBe("");
  expect(createdIds(undefined, emptyState("l"))).toBe("");
});
