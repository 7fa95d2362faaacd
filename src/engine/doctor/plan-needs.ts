import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Plan } from "../../core/plan/plan.js";
import { OperationNeeds, someId } from "./operation-needs.js";

/** Returns the operations that the apply of a plan needs: its calls, and the reads before and after them. */
export function getPlanNeeds({ changes }: Pick<Plan, "changes">, kinds: Kinds): OperationNeeds {
  const needs = new OperationNeeds();
  for (const { address, action, kind, id = someId, container, calls, before, after } of changes) {
    const isRead = calls.length > 0 || (action === "forget" && before !== null);
    if (!isRead) continue;
    for (const { operation } of calls) needs.add(operation, address);
    const attributes = after ?? before ?? {};
    const read = { address, kind, id, container: container ?? someId, attributes, pointer: "" };
    for (const { operation } of getKind(kinds, kind).live.reads(read)) needs.add(operation, address);
  }
  return needs;
}
