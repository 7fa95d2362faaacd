import { describe, expect, it } from "vitest";
import type { Audit } from "../../../src/core/drift/audit.js";
import type { Because } from "../../../src/core/plan/because.js";
import type { Change, Drift } from "../../../src/core/plan/change.js";
import type { ApplyResult, ChangeResult } from "../../../src/engine/events.js";
import { getRepairedDrift } from "../../../src/engine/repair.js";

const address = "rooms/bridge";
const subject: Because = { path: "/subject", reason: "changed-outside", text: "changed outside" };
const joined: Because = { path: "/participants", user: "u", reason: "joined-source", text: "joined" };

const drift = [
  { address, class: "drift", because: [subject] },
  { address, class: "membership", because: [joined] },
] as unknown as readonly Drift[];

function repairedClasses(
  because: readonly Because[],
  result: Pick<ChangeResult, "status"> & { readonly accepted?: readonly unknown[] },
): readonly string[] {
  const ended = { change: { address, because } as unknown as Change, result: result as ChangeResult };
  const results = new Map([[address, ended]]);
  return getRepairedDrift({ drift } as unknown as Audit, { results } as unknown as ApplyResult).map(
    (one) => one.class,
  );
}

describe("getRepairedDrift", () => {
  it("counts nothing of a resource that was not changed: a conflict stays on every run", () => {
    const result = { results: new Map() } as unknown as ApplyResult;
    expect(getRepairedDrift({ drift } as unknown as Audit, result)).toEqual([]);
  });

  it("counts the classes of which something was changed, though the rest is left", () => {
    expect(repairedClasses([joined], { status: "done" })).toEqual(["membership"]);
    expect(repairedClasses([subject], { status: "done" })).toEqual(["drift"]);
    expect(repairedClasses([subject, joined], { status: "done" })).toEqual(["drift", "membership"]);
  });

  it("counts a failed change only where a call was accepted", () => {
    expect(repairedClasses([subject], { status: "failed", accepted: [] })).toEqual([]);
    expect(repairedClasses([subject], { status: "failed", accepted: [{}] })).toEqual(["drift"]);
  });
});
