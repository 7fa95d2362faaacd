/** Returns the end of the names of an environment's secrets: `EU_PROD`. */
export function toSuffix(environment: string): string {
  return environment.toUpperCase().replaceAll(/[.-]/g, "_");
}
