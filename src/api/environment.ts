/** Environment variables, or what stands in their place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable without white space around it; undefined where it is empty. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** This machine: `localhost`, 127.0.0.0/8, [::1]. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
