import { describe, expect, test } from "vitest";
import type { State } from "../../../src/core/state/state.js";
import { emptyState } from "../../../src/core/state/state.js";
import { checkAdoption, stateToPush } from "../../../src/state/edit.js";
import { resource } from "./samples.js";

const state: State = {
  ...emptyState("L"),
  resources: {
    "rooms/a": resource("JID-a@Example-Org"),
    "rooms/a/pins": { kind: "rooms/*/pins", id: "jid-a@example-org", applied: {} },
    "rooms/b/pins": { kind: "rooms/*/pins", id: "jid-b@example-org", applied: {} },
  },
};

function check(address: string, id: string, base: State | undefined = state): string {
  return checkAdoption(base, { address, kind: "rooms/*", id }, "state.json");
}

describe("checkAdoption", () => {
  test("accepts an id that is not recorded", () => {
    expect(check("rooms/b", "jid-b@example-org")).toBe("free");
    expect(checkAdoption(undefined, { address: "rooms/a", kind: "rooms/*", id: "x" }, "")).toBe("free");
  });

  test.each(["JID-a@Example-Org", "jid-A@example-org"])("has nothing to do for a recorded id: %s", (id) => {
    expect(check("rooms/a", id)).toBe("recorded");
  });

  test("refuses another room at a recorded address, and names the recorded room", () => {
    expect(() => check("rooms/a", "jid-c@example-org")).toThrow(
      'rooms/a is recorded as JID-a@Example-Org ("Subject of JID-a@Example-Org"). Nothing was changed. ' +
        "To record jid-c@example-org there instead: chatform state forget rooms/a, then chatform import rooms/a jid-c@example-org",
    );
  });

  test.each(["JID-a@Example-Org", "jid-a@example-org"])("refuses a second address for one room: %s", (id) => {
    expect(() => check("rooms/z", id)).toThrow(
      "is recorded as rooms/a. Nothing was changed. To give it the new address: chatform state mv rooms/a rooms/z",
    );
  });
});

describe("stateToPush", () => {
  const room = state.resources["rooms/a"]!;
  const forgotten = [
    { address: "rooms/a", kind: "rooms/*", jid: "jid-A@example-org", forgotten: "2026-01-02T03:04:05Z" },
  ];

  test("refuses a state that lacks the jid of a room, unless forced", () => {
    const pushed = { ...state, serial: 9, resources: {} };
    expect(() => stateToPush(pushed, state, false, "state.json")).toThrow(
      "The state in state.json has a room that the pushed state lacks: rooms/a.",
    );
    expect(stateToPush(pushed, state, true, "state.json").serial).toBe(9);
  });

  test("refuses an older state, but not the one that is stored: its push may have had no response", () => {
    const stored = { ...state, serial: state.serial + 3 };
    const older = { ...state, users: { "jane.doe@example.com": "another" } };
    expect(() => stateToPush(older, stored, false, "state.json")).toThrow("state.json is newer");
    expect(stateToPush(state, stored, false, "state.json")).toEqual({ ...state, serial: stored.serial + 1 });
  });

  test("accepts one that has the jid at another address, or as that of a forgotten room", () => {
    const moved = { ...state, serial: 9, resources: { "rooms/z": room } };
    expect(stateToPush(moved, state, false, "state.json").serial).toBe(9);
    const left = { ...state, serial: 9, resources: {}, forgotten };
    expect(stateToPush(left, state, false, "state.json").serial).toBe(9);
  });
});
