/** Names that mean something else to JavaScript. */
const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Returns true for names that are reserved: they have a meaning in JavaScript or older YAML. */
export function isForbiddenName(name: string): boolean {
  return forbidden.has(name) || name === "<<";
}
