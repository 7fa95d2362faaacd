/** Returns true on a machine of a CI system, which sets the variable CI. */
export function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return /^(?:true|1)$/i.test(env["CI"] ?? "");
}
