import { slowTests } from "../slow-tests.js";

/** Prints which tests this run leaves out, and why: nothing is skipped silently. */
export default function sayWhatIsLeftOut({ config }: { readonly config: { readonly mode?: string } }): void {
  if (config.mode === "all") return;
  const lines = Object.entries(slowTests).map(
    ([file, reason]) => `Left to npm run test:all: ${file}: ${reason}\n`,
  );
  process.stdout.write(lines.join(""));
}
