import type { Declaration } from "./declaration.js";
import type { Kind } from "./kind.js";

/** The blocks of the config that several files may declare together, as path patterns. */
export interface BlockLayout {
  /** Blocks of named blocks: `rooms`, `users`, `users/NAME/messages`. */
  readonly named: ReadonlySet<string>;
  /** Named blocks whose members are declared one by one: `users/*`. */
  readonly split: ReadonlySet<string>;
  /** Blocks whose names are the same in upper and lower case: `users`. */
  readonly lowerCase: ReadonlySet<string>;
}

/** Returns what a kind adds to the schema of the config. */
export function declarations({ declare: { schema, shared } }: Kind): readonly Declaration[] {
  return [...schema, ...(shared?.schema ?? [])];
}

/** Returns the layout that the schemas of the kinds declare. */
export function blockLayout(kinds: Iterable<Kind>): BlockLayout {
  const named = new Set<string>();
  const split = new Set<string>();
  const lowerCase = new Set<string>();
  for (const { at, isSplit, lowerCaseNames } of [...kinds].flatMap(declarations)) {
    if (!at.endsWith("/*")) continue;
    const block = at.slice(0, -"/*".length);
    named.add(block);
    if (isSplit === true) split.add(at);
    if (lowerCaseNames === true) lowerCase.add(block);
  }
  return { named, split, lowerCase };
}
