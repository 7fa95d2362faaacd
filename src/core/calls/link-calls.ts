import { shellWord } from "../shell-word.js";
import type { Address } from "../address.js";
import type { Call } from "./call.js";
import type { Change } from "../plan/change.js";
import type { PlacedCall } from "./call-constraints.js";
import { orderByConditions } from "./call-constraints.js";
import type { Diagnostic } from "../diagnostic.js";
import type { UnlinkedChange } from "../plan/changes/build-change.js";
import { byCodeUnit } from "../json/json.js";
import type { Resource } from "../kind/resource.js";
import { refsIn, substitute } from "./reference.js";
import type { Known } from "./resolve-references.js";
import { resolveReference } from "./resolve-references.js";

/**
 * Gives calls their ids and dependencies: earlier calls of the same change, calls that capture a referenced value, calls that
 * create the resources in `after`, and calls that make a condition true.
 */
export function linkCalls(
  drafts: readonly UnlinkedChange[],
  known: Known,
  diagnostics: Diagnostic[],
): readonly Change[] {
  const capturing = new Map<string, string>();
  const creating = new Map<Address, string>();
  for (const { address, drafts: calls } of drafts) {
    for (const [at, { captures }] of calls.entries()) {
      for (const field of Object.keys(captures ?? {}))
        capturing.set(`${address} ${field}`, callId(address, at));
      if (captures !== undefined && !creating.has(address)) creating.set(address, callId(address, at));
    }
  }
  const follows = new Map(drafts.map((draft) => [draft.address, draft.follows]));
  const placed = drafts.map(({ address, drafts: calls }) =>
    calls.map((draft, at): PlacedCall => ({ id: callId(address, at), address, draft })),
  );
  const order = orderByConditions(placed.flat());
  const resolve = <T>(value: T): T => substitute(value, (ref) => resolveReference(ref, known));
  return drafts.map(({ drafts: _calls, follows: earlier, ...change }, number) => {
    const earlierCalls = change.action === "create" ? creatingCalls(earlier, creating, follows) : [];
    const linked = (placed[number] ?? []).map(({ id, draft }, at): Call => {
      const { operation, query, body, captures } = draft;
      const resolved = { params: resolve(draft.params), body: resolve(body) };
      const needed = refsIn([resolved.params, resolved.body ?? null]).flatMap((ref) => {
        const source = capturing.get(`${ref.$ref} ${ref.field}`);
        if (source === undefined) diagnostics.push(unreachable(change.address, ref.$ref, known.resources));
        return source ?? [];
      });
      const own = (draft.follows ?? []).map((position) => callId(change.address, position));
      const first = at === 0 ? earlierCalls : [];
      const dependsOn = sortedSet([...own, ...needed, ...first, ...(order.enablers.get(id) ?? [])]);
      const ended = (draft.after ?? []).map((position) => callId(change.address, position));
      const waitsFor = sortedSet([...ended, ...(order.earlier.get(id) ?? [])]);
      return {
        id,
        operation,
        params: resolved.params,
        ...(query === undefined ? {} : { query }),
        ...(resolved.body === undefined ? {} : { body: resolved.body }),
        ...(captures === undefined ? {} : { captures }),
        effects: resolve(draft.effects),
        dependsOn,
        ...(waitsFor.length === 0 ? {} : { waitsFor }),
      };
    });
    return { ...change, calls: linked };
  });
}

/** Returns the calls that create these addresses or, for addresses that exist already, the addresses before them. */
function creatingCalls(
  addresses: readonly Address[],
  creating: ReadonlyMap<Address, string>,
  follows: ReadonlyMap<Address, readonly Address[]>,
): readonly string[] {
  const calls = new Set<string>();
  const passed = new Set(addresses);
  // The loop also visits addresses added during the loop.
  for (const address of passed) {
    const call = creating.get(address);
    if (call === undefined) for (const earlier of follows.get(address) ?? []) passed.add(earlier);
    else calls.add(call);
  }
  return [...calls];
}

function sortedSet(ids: readonly string[]): readonly string[] {
  return ids.length < 2 ? ids : [...new Set(ids)].sort(byCodeUnit);
}

function callId(address: Address, at: number): string {
  return `${address}#${at + 1}`;
}

function unreachable(
  address: Address,
  needed: Address,
  resources: ReadonlyMap<Address, Resource>,
): Diagnostic {
  return {
    severity: "error",
    code: "missing-dependency",
    summary: "Missing dependency",
    detail: `${address} needs ${needed}, which does not exist yet${resources.has(needed) ? "" : " and is not part of this plan"}.`,
    help: `Include the dependency: --target ${shellWord(needed)}, or drop the --exclude.`,
    address,
  };
}
