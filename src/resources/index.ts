import type { Kind } from "../core/kind.js";

/** Every kind of resource, in the order in which their things are created. A new kind is a file here and a line below. */
export const kinds: readonly Kind[] = [];
