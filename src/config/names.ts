/** Names that mean something else to JavaScript. */
const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether nothing can be called that: it means something to JavaScript, or to older YAML. */
export function isForbiddenName(name: string): boolean {
  return forbidden.has(name) || name === "<<";
}
