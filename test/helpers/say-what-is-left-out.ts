import { slowTests } from "../slow-tests.js";

/** Prints which tests a run without the slow ones leaves out, and why: nothing is skipped silently. */
export default function sayWhatIsLeftOut(): void {
  const lines = Object.entries(slowTests).map(
    ([file, reason]) => `Left to npm run test:all: ${file}: ${reason}\n`,
  );
  process.stdout.write(lines.join(""));
}
