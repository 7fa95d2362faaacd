import type { Address } from "./address.js";
import type { Diagnostic } from "./diagnostic.js";
import { addTo } from "./groups.js";
import type { Leaving } from "./leaving.js";
import type { Planning } from "./planning.js";
import { idOf } from "./subject.js";

/** The addresses of declared resources by the live thing that they stand for. */
export class SameThing {
  readonly #addresses = new Map<string, Address[]>();

  constructor({ resources, known }: Planning) {
    for (const { address, kind } of resources) {
      const id = idOf(address, known);
      if (id === undefined) continue;
      const thing = `${kind} ${id}`;
      addTo(this.#addresses, thing, address);
    }
  }

  /** Two addresses of one thing (a user by e-mail and by id, a jid under two names) would undo each other's work. */
  problems(): readonly Diagnostic[] {
    return [...this.#addresses.values()].flatMap(([first, ...others]) =>
      others.map((address): Diagnostic => ({
        severity: "error",
        code: "same-thing-twice",
        summary: "The same thing under two addresses",
        detail: `${address} is the same as ${first ?? ""} in Genesys Cloud.`,
        help: "Declare it under one of the two.",
        address,
      })),
    );
  }

  /** What leaves under one address and is declared under another was renamed: it is forgotten, and otherwise left alone. */
  spared(leaving: Leaving): Leaving {
    const { kind, id } = leaving.recorded;
    if (!this.#addresses.has(`${kind} ${id}`)) return leaving;
    return { ...leaving, removal: { action: "forget" }, recorded: { ...leaving.recorded, protect: false } };
  }
}
