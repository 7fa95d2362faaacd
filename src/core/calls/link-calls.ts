import { shellWord } from "../shell-word.js";
import type { Address } from "../address.js";
import type { Call } from "./call.js";
import type { Change } from "../plan/change.js";
import { callId } from "./call.js";
import { orderByConditions } from "./call-constraints.js";
import type { Diagnostic } from "../diagnostic.js";
import type { UnlinkedChange } from "../plan/changes/build-change.js";
import { withCalls } from "../plan/changes/build-change.js";
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
  const follows = new Map<Address, readonly Address[]>();
  for (const { address, drafts: calls, follows: earlier } of drafts) {
    if (earlier.length > 0) follows.set(address, earlier);
    calls.forEach(({ captures }, at) => {
      if (captures === undefined) return;
      for (const field of Object.keys(captures)) capturing.set(`${address} ${field}`, callId(address, at));
      if (!creating.has(address)) creating.set(address, callId(address, at));
    });
  }
  const { enablers, earlier } = orderByConditions(drafts);
  return drafts.map((change) => {
    const { address, action } = change;
    const resolve = <T>(value: T): T =>
      change.hasRefs ? substitute(value, (ref) => resolveReference(ref, known)) : value;
    const earlierCalls = action === "create" ? creatingCalls(change.follows, creating, follows) : none;
    const linked = change.drafts.map((draft, at): Call => {
      const id = callId(address, at);
      const { operation, query, captures } = draft;
      const params = resolve(draft.params);
      const body = resolve(draft.body);
      const unknown = change.hasRefs ? refsIn([params, body ?? null]) : none;
      const needed = unknown.flatMap((ref) => {
        const source = capturing.get(`${ref.$ref} ${ref.field}`);
        if (source === undefined) diagnostics.push(unreachable(address, ref.$ref, known.resources));
        return source ?? [];
      });
      const before = [
        toIds(address, draft.follows),
        needed,
        at === 0 ? earlierCalls : none,
        enablers.get(id) ?? none,
      ];
      const waitsFor = sortedSet([toIds(address, draft.after), earlier.get(id) ?? none]);
      return {
        id,
        operation,
        params,
        query,
        body,
        captures,
        effects: resolve(draft.effects),
        dependsOn: sortedSet(before),
        waitsFor: waitsFor.length === 0 ? undefined : waitsFor,
      };
    });
    return withCalls(change, linked);
  });
}

const none = [] as const;

function toIds(address: Address, positions: readonly number[] | undefined): readonly string[] {
  return positions === undefined ? none : positions.map((position) => callId(address, position));
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

function sortedSet(lists: readonly (readonly string[])[]): readonly string[] {
  if (lists.every(({ length }) => length === 0)) return none;
  const ids = lists.flat();
  return ids.length < 2 ? ids : [...new Set(ids)].sort(byCodeUnit);
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
