import { InternalError } from "../diagnostic.js";
import type { Kind } from "./kind.js";

/** The kinds of resources, by name: `rooms/*`. */
export type Kinds = ReadonlyMap<string, Kind>;

/** Returns the kind with that name. @throws InternalError if there is none */
export function getKind(kinds: Kinds, name: string): Kind {
  const kind = kinds.get(name);
  if (kind === undefined) throw new InternalError(`there is no kind ${name}`);
  return kind;
}
