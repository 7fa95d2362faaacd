import type { Address } from "./address.js";
import type { Diagnostic } from "./diagnostic.js";
import { jidKey } from "./jid.js";
import type { Leaving } from "./leaving.js";
import type { Planning } from "./planning.js";
import { idOf } from "./subject.js";

/** What is wrong where two addresses stand for one live thing. */
export function sameThing(address: Address, first: Address): Omit<Diagnostic, "severity"> {
  return {
    code: "same-thing-twice",
    summary: "The same thing under two addresses",
    detail: `${address} is the same as ${first} in Genesys Cloud.`,
    help: "Declare it under one of the two.",
    address,
  };
}

/** The live things that declared resources stand for. */
export class SameThing {
  /** By kind and id: the first address of each. */
  readonly #addresses = new Map<string, Map<string, Address>>();
  readonly #twice: { readonly address: Address; readonly first: Address }[] = [];

  constructor({ resources, known }: Planning) {
    for (const { address, kind } of resources) {
      const id = idOf(address, known);
      if (id === undefined) continue;
      const ofKind = this.#addresses.get(kind) ?? new Map<string, Address>();
      this.#addresses.set(kind, ofKind);
      const first = ofKind.get(jidKey(id));
      if (first === undefined) ofKind.set(jidKey(id), address);
      else this.#twice.push({ address, first });
    }
  }

  /** Two addresses of one thing (a user by e-mail and by id, a jid under two names) would undo each other's work. */
  problems(): readonly Diagnostic[] {
    return this.#twice.map(({ address, first }): Diagnostic => ({
      severity: "error",
      ...sameThing(address, first),
    }));
  }

  /** What leaves under one address and is declared under another was renamed: it is forgotten, and otherwise left alone. */
  spared(leaving: Leaving): Leaving {
    const { kind, id } = leaving.recorded;
    if (this.#addresses.get(kind)?.has(jidKey(id)) !== true) return leaving;
    return { ...leaving, removal: { action: "forget" }, recorded: { ...leaving.recorded, protect: false } };
  }
}
