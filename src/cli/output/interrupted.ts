/** Ctrl-C where it is a character and no signal: at a question. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("Interrupted");
  }
}
