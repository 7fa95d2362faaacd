import type { Address } from "../address.js";
import type { Diagnostic } from "../diagnostic.js";
import { idKey } from "../jid.js";
import type { Orphan } from "./changes/orphans.js";
import type { PlannerContext } from "./planner-input.js";
import type { Id } from "../calls/reference.js";
import { isRef } from "../calls/reference.js";
import type { Known } from "../calls/resolve-references.js";
import { resolveId } from "../calls/resolve-references.js";
import { indexBy } from "../multimap.js";

/** Returns the problem of two addresses for one live object. */
export function duplicateIdentityProblem(address: Address, first: Address): Omit<Diagnostic, "severity"> {
  return {
    code: "same-thing-twice",
    summary: "Two addresses for one resource",
    detail: `${address} and ${first} are the same resource in Genesys Cloud.`,
    help: "Remove one of the two declarations.",
    address,
  };
}

/** Returns the user that the state knows by the e-mail of a reference. */
function recordedUser(id: Id | undefined, { state }: Pick<Known, "state">): string | undefined {
  return isRef(id) && id.$ref.startsWith("user:") ? state?.users[id.$ref.slice("user:".length)] : undefined;
}

/** The live objects of the declared resources. */
export class DeclaredIdentities {
  /** By kind and id: the first address of each. */
  readonly #addresses = new Map<string, Map<string, Address>>();
  readonly #twice: { readonly address: Address; readonly first: Address }[] = [];

  constructor({ planned, unselected = [], known }: PlannerContext) {
    for (const { resolved } of planned) {
      const { address, kind, id } = resolved;
      const first = this.#add(address, kind, id);
      if (first !== undefined) this.#twice.push({ address, first });
    }
    const others = { state: known.state, resources: indexBy(unselected, ({ address }) => address) };
    for (const { address, kind, id } of unselected) {
      const first = this.#add(address, kind, resolveId(address, others) ?? recordedUser(id, others));
      // Two resources that are not selected conflict in no call of this plan.
      if (first !== undefined && known.resources.has(first))
        this.#twice.push({ address: first, first: address });
    }
  }

  /** Returns the address that has the object already. */
  #add(address: Address, kind: string, id: string | undefined): Address | undefined {
    if (id === undefined) return undefined;
    const ofKind = this.#addresses.get(kind) ?? new Map<string, Address>();
    this.#addresses.set(kind, ofKind);
    const key = idKey(id);
    const first = ofKind.get(key);
    if (first === undefined) ofKind.set(key, address);
    return first;
  }

  /** Returns the problems of objects with two addresses (a user by e-mail and by id, a jid twice), whose changes would conflict. */
  problems(): readonly Diagnostic[] {
    return this.#twice.map(({ address, first }): Diagnostic => ({
      severity: "error",
      ...duplicateIdentityProblem(address, first),
    }));
  }

  /** Returns the orphan to be forgotten only, if the config declares its object under another address: it was renamed. */
  withoutRemoval(orphan: Orphan): Orphan {
    const { kind, id } = orphan.recorded;
    if (this.#addresses.get(kind)?.has(idKey(id)) !== true) return orphan;
    return { ...orphan, removal: { action: "forget" }, recorded: { ...orphan.recorded, protect: false } };
  }
}
