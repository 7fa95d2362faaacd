/** Plans that are too long to read one change after the other. */
import { describe, expect, it } from "vitest";
import type { Action, Change, Drift, Finding } from "../../../../src/core/plan/change.js";
import {
  briefLine,
  countedChanges,
  countedDrift,
  foldChanges,
  foldDrift,
} from "../../../../src/views/plan/plan-fold.js";
import { renderAudit } from "../../../../src/views/drift/drift-text.js";
import { renderPlan } from "../../../../src/views/plan/plan-text.js";
import { plainLine } from "../../../../src/views/text/line.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { sampleAudit, sampleChange, samplePlan } from "../samples.js";

const style = styles(false);
const options = { style, width: 80, full: false };

function change(address: string, kind: string, action: Action, more: Partial<Change> = {}): Change {
  return { ...sampleChange({ address, action }), kind, ...more };
}

const message = (room: string, at: number, action: Action = "create"): Change =>
  change(`rooms/${room}/messages/m${at}`, "rooms/*/messages/*", action, { before: { body: `text ${at}` } });
const users = (count: number): readonly Change[] =>
  Array.from({ length: count }, (_none, at) => change(`users/u${at}/settings`, "users/*/settings", "update"));
const finding = (severity: Finding["severity"]): Finding => ({
  code: "shorter-retention",
  severity,
  text: "Beware",
});
const drifted = (count: number, after: Drift["after"]): readonly Drift[] =>
  Array.from({ length: count }, (_none, at) => ({
    address: `rooms/r${at}/messages/m`,
    kind: "rooms/*/messages/*",
    before: { body: "a" },
    after,
    paths: after === null ? [] : ["/body"],
    class: "drift" as const,
    because: [],
  }));

const people = {};

describe("foldChanges", () => {
  it("shows short plans in full, and every plan with `full`", () => {
    expect(foldChanges(users(200), false)).toEqual({ shown: users(200), brief: [], counted: [] });
    expect(foldChanges(users(201), true).shown).toHaveLength(201);
    expect(foldChanges(users(201), false).counted).toHaveLength(201);
  });

  it("shows destructive changes and warnings", () => {
    const grave = [
      message("a", 1, "delete"),
      change("rooms/b", "rooms/*", "update", { deletions: 2 }),
      change("rooms/c", "rooms/*", "update", { remarks: [finding("warning")] }),
      change("settings", "settings", "update", { remarks: [finding("data-loss")] }),
    ];
    const noted = change("rooms/d", "rooms/*", "update", { remarks: [finding("note")] });
    const { shown, brief, counted } = foldChanges([...users(300), ...grave, noted], false);
    expect(shown).toEqual(grave);
    expect(brief).toEqual([]);
    expect(counted).toHaveLength(301);
  });

  it("always names a room whose jid the state drops", () => {
    const dropping = [
      change("rooms/a", "rooms/*", "forget", { id: "J1" }),
      change("rooms/b", "rooms/*", "create", { replaces: "J2" }),
    ];
    const message = change("rooms/a/messages/m", "rooms/*/messages/*", "forget", { id: "m1" });
    const { shown, counted } = foldChanges([...users(300), ...dropping, message], false);
    expect([shown, counted.length]).toEqual([dropping, 301]);
    expect(dropping.map((one) => plainLine(briefLine(one, people)))).toEqual([
      "x rooms/a (jid J1 is dropped from the state)",
      "+ rooms/b (jid J2 is dropped from the state)",
    ]);
  });

  it("always names destructive changes, and shows them before warnings", () => {
    const warned = Array.from({ length: 300 }, (_none, at) =>
      change(`rooms/a${at}`, "rooms/*", "update", { remarks: [finding("warning")] }),
    );
    const deleted = Array.from({ length: 900 }, (_none, at) => message("z", at, "delete"));
    const { shown, brief, counted } = foldChanges([...warned, ...deleted], false);
    expect(shown).toEqual(deleted.slice(0, 200));
    expect(brief).toEqual(deleted.slice(200));
    expect(counted).toEqual(warned);
  });
});

describe("countedChanges", () => {
  it("counts by container, and users' settings by kind", () => {
    const changes = [
      change("rooms/a", "rooms/*", "create"),
      message("a", 1),
      message("a", 2),
      change("rooms/a/pins", "rooms/*/pins", "update"),
      change("rooms/b", "rooms/*", "create"),
      message("b", 1),
      ...users(1200),
    ];
    expect(countedChanges(changes, { width: 80, people }).map(plainLine)).toEqual([
      "1,206 changes, summarized (--full shows each):",
      "  ~ rooms/a: room to create, 2 messages to create, pins to update",
      "  + rooms/b: room to create, 1 message to create",
      "  ~ users/*/settings: 1,200 to update",
    ]);
    expect(countedChanges([], { width: 80, people }).map(plainLine)).toEqual([]);
  });

  it("counts the resources of a user and of any other container together", () => {
    const changes = [
      change("topics/a", "topics/*", "create"),
      change("topics/a/parts/x", "topics/*/parts/*", "create"),
      change("users/jane/messages/hello", "users/*/messages/*", "create"),
      change("users/jane/settings", "users/*/settings", "update"),
      ...users(2),
    ];
    expect(countedChanges(changes, { width: 80, people }).map(plainLine).slice(1)).toEqual([
      "  + topics/a: topic to create, 1 part to create",
      "  ~ users/jane: 1 message to create, settings to update",
      "  ~ users/*/settings: 2 to update",
    ]);
  });

  it("counts rooms by kind where there are too many of them", () => {
    const rooms = Array.from({ length: 201 }, (_none, at) => change(`rooms/r${at}`, "rooms/*", "create"));
    expect(
      countedChanges([...rooms, message("r1", 1)], { width: 80, people })
        .map(plainLine)
        .slice(1),
    ).toEqual(["  + rooms/*: 201 to create", "  + rooms/*/messages/*: 1 to create"]);
  });

  it("fits the terminal", () => {
    const kinds = Array.from({ length: 12 }, (_none, at) => change("rooms/a", `rooms/*/kind${at}`, "create"));
    for (const line of countedChanges(kinds, { width: 60, people }).map(plainLine))
      expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe("briefLine", () => {
  it("names the loss", () => {
    expect(plainLine(briefLine(message("a", 1, "delete"), people))).toBe('- rooms/a/messages/m1: "text 1"');
    expect(plainLine(briefLine(change("rooms/b", "rooms/*", "update", { deletions: 12 }), people))).toBe(
      "~ rooms/b: 12 removed",
    );
  });
});

describe("drift", () => {
  it("names resources that no longer exist, and counts the rest", () => {
    const gone = drifted(150, null).map((one) => ({ ...one, address: `${one.address}-gone` }));
    const { shown, brief, counted } = foldDrift([...drifted(150, { body: "b" }), ...gone], false);
    expect([shown, brief]).toEqual([gone, []]);
    expect(countedDrift(counted, { width: 80, people }).map(plainLine)[1]).toBe(
      "  ~ rooms/r0: 1 message changed outside",
    );
    expect(foldDrift(drifted(300, { body: "b" }), true).counted).toEqual([]);
  });

  it("is folded in an audit and in a plan", () => {
    const plan = samplePlan([], { drift: drifted(201, { body: "b" }) });
    for (const text of [renderPlan(plan, options), renderAudit(sampleAudit(plan), options)]) {
      expect(text).toContain("201 resources, summarized (--full shows each):\n");
      expect(text).toContain("~ rooms/*/messages/*: 201 changed outside\n");
    }
    expect(renderAudit(sampleAudit(plan), { ...options, full: true })).not.toContain("summarized");
  });
});

describe("renderPlan of a huge plan", () => {
  const deleted = Array.from({ length: 300 }, (_none, at) => message("z", at, "delete"));
  const huge = samplePlan([...deleted, ...users(5000)]);

  it("matches the golden file", async () => {
    const rooms = ["a", "b"].flatMap((room) => [
      change(`rooms/${room}`, "rooms/*", room === "a" ? "create" : "update"),
      ...Array.from({ length: 40 }, (_none, at) => message(room, at)),
      change(`rooms/${room}/pins`, "rooms/*/pins", "update"),
    ]);
    const few = deleted.slice(0, 202);
    const drift = [...drifted(2, null), ...drifted(230, { body: "b" })];
    await expect(
      renderPlan(samplePlan([...rooms, ...few, ...users(500)], { drift }), options),
    ).toMatchFileSnapshot("golden/plan-folded.txt");
  });

  it("stays readable, and still names everything that is destroyed", () => {
    const text = renderPlan(huge, options);
    for (const { address } of deleted) expect(text).toContain(`- ${address}`);
    expect(text).toContain("100 more destructive changes (--full shows their details):\n");
    expect(text).toContain(
      "5,000 changes, summarized (--full shows each):\n  ~ users/*/settings: 5,000 to update\n",
    );
    expect(text).toContain("Plan: 5,000 to update, 300 to delete.");
    expect(text).not.toContain("users/u1/settings");
  });

  it("shows every change with `full`", () => {
    const text = renderPlan(huge, { ...options, full: true });
    for (const { address } of huge.changes) expect(text).toContain(address);
    expect(text).not.toContain("(--full");
  });
});

it("looks up places only for the changes that a folded plan shows", () => {
  const asked: string[] = [];
  const ofChange = (one: Change): Change => {
    asked.push(one.address);
    return one;
  };
  const places = { ofChange, ofDrift: (drift: Drift) => drift };
  renderPlan(samplePlan([...users(300), message("a", 1, "delete")]), { ...options, places });
  expect(asked).toEqual(["rooms/a/messages/m1"]);
});
