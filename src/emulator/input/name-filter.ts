import type { OperationCall } from "../handler.js";
import { queryParam } from "../handler.js";

/**
 * Returns a test for the `name` in the query, according to the variants; without one, every name matches.
 *
 * @param documented what the vendor documents: the beginning of a name, or a whole name with asterisks for anything at its ends
 */
export function matchesName(
  call: OperationCall<unknown>,
  documented: "prefix" | "asterisks",
): (name: string) => boolean {
  const given = queryParam(call, "name");
  if (given === undefined) return () => true;
  const { nameFilter, nameCase } = call.variants;
  const fold = (text: string): string => (nameCase === "any" ? text.toLowerCase() : text);
  const wanted = fold(given);
  switch (nameFilter === "documented" ? documented : nameFilter) {
    case "exact":
      return (name) => fold(name) === wanted;
    case "prefix":
      return (name) => fold(name).startsWith(wanted);
    case "asterisks":
      return withAsterisks(wanted, fold);
  }
}

function withAsterisks(wanted: string, fold: (text: string) => string): (name: string) => boolean {
  const [isOpenStart, isOpenEnd] = [wanted.startsWith("*"), wanted.length > 1 && wanted.endsWith("*")];
  const core = wanted.slice(isOpenStart ? 1 : 0, isOpenEnd ? -1 : undefined);
  return (name) => {
    const text = fold(name);
    if (isOpenStart && isOpenEnd) return text.includes(core);
    if (isOpenStart) return text.endsWith(core);
    return isOpenEnd ? text.startsWith(core) : text === core;
  };
}
