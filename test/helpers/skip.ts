/**
 * For `describe.skipIf`: whether to skip, and says so where the tests run, as nothing is skipped silently.
 *
 * @param missing what the tests need and the machine has not; undefined where it has
 */
export function skips(tests: string, missing: string | undefined): boolean {
  if (missing !== undefined) process.stdout.write(`Skipped: ${tests}: ${missing}\n`);
  return missing !== undefined;
}
