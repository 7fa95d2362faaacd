/** A command line that can't be understood, or asks for what can't be done. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
