/** Environment variables, or values that replace them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns a variable without white space around it; undefined where it is empty. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}
