import type { CST } from "yaml";

/** Levels of blocks and lists. A desired state needs about ten. */
export const maxDepth = 64;

/**
 * Where tokens are nested more deeply than `maxDepth`. To be asked before anything walks them by recursion: how deep that
 * can go before the stack ends differs from run to run.
 *
 * @returns the offset of the first block or list that is too deep
 */
export function tooDeepAt(tokens: readonly CST.Token[]): number | undefined {
  let level = tokens;
  for (let depth = 0; level.length > 0; depth++) {
    const first = level.find((token) => "offset" in token);
    if (depth > maxDepth && first !== undefined) return first.offset;
    level = level.flatMap(insideOf);
  }
  return undefined;
}

function insideOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === "document") return token.value === undefined ? [] : [token.value];
  if (!("items" in token)) return [];
  return token.items.flatMap(({ key, value }) => [...(key ? [key] : []), ...(value ? [value] : [])]);
}
