import { describe, expect, it } from "vitest";
import type { Findings } from "../../../../src/core/drift/audit.js";
import { findIdlePatterns, ofClass, toDriftList, withoutIgnored } from "../../../../src/core/drift/audit.js";
import { takeSteps } from "../../../helpers/steps.js";
import { compared, difference } from "./compared-sample.js";

const all: Findings = {
  compared: [
    compared("rooms/a", { differences: [difference("/description"), difference("/subject")] }),
    compared("rooms/a/messages/m", { live: null }),
    compared("users/jane@example.com/settings", {
      differences: [difference("/mobile/notifications/when", { class: "membership" })],
    }),
  ],
  members: [],
};

const inWords = (findings: Findings): readonly string[] =>
  takeSteps(toDriftList(findings)).map(({ address, paths }) => [address, ...paths].join(" "));

describe("withoutIgnored", () => {
  const left = (...patterns: readonly string[]): readonly string[] => inWords(withoutIgnored(all, patterns));
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

describe("ofClass", () => {
  it("keeps the differences of one class; a missing resource is drift", () => {
    expect(inWords(ofClass(all, "membership"))).toEqual([
      "users/jane@example.com/settings /mobile/notifications/when",
    ]);
    expect(inWords(ofClass(all, "drift"))).toEqual(["rooms/a /description /subject", "rooms/a/messages/m"]);
    expect(ofClass(all, undefined)).toEqual(all);
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
