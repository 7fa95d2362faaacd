/** A command line that can't be understood or carried out. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
