import type { Address } from "../address.js";
import type { Diagnostic } from "../diagnostic.js";
import { idKey } from "../jid.js";
import type { Orphan } from "./changes/orphans.js";
import type { PlannerContext } from "./planner-input.js";
import { resolveId } from "../calls/resolve-references.js";

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

/** The live objects of the declared resources. */
export class DeclaredIdentities {
  /** By kind and id: the first address of each. */
  readonly #addresses = new Map<string, Map<string, Address>>();
  readonly #twice: { readonly address: Address; readonly first: Address }[] = [];

  constructor({ resources, known }: PlannerContext) {
    for (const { address, kind } of resources) {
      const id = resolveId(address, known);
      if (id === undefined) continue;
      const ofKind = this.#addresses.get(kind) ?? new Map<string, Address>();
      this.#addresses.set(kind, ofKind);
      const key = idKey(id);
      const first = ofKind.get(key);
      if (first === undefined) ofKind.set(key, address);
      else this.#twice.push({ address, first });
    }
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
