/*
 * The last resort: a state that its store can't write goes to a file of its own, for `chatform state push`.
 */
import { shellWord } from "../core/shell-word.js";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileExists } from "../core/file-exists.js";
import type { State } from "../core/state/state.js";
import { sentence, StateError, systemCode } from "./errors.js";
import { writeDurably } from "./local/durable-file.js";
import { StateCodec } from "./state-codec.js";

/** The file of a rescued state. */
export interface Rescued {
  /** Absolute, or relative to the working directory. */
  readonly file: string;
  /** The command that pushes the state to its store. */
  readonly command: string;
}

/**
 * Writes a state that could not be stored to a file that the user finds.
 *
 * @param force whether the store now holds something that only `--force` overwrites
 * @throws the system's error
 */
export type Rescue = (state: State, force: boolean) => Promise<Rescued>;

/**
 * Returns a function that writes to `errored.chatform.state.json` in the working directory, readable by its owner only; where
 * the file can't be written, to a new folder in the system's folder for temporary files. Never overwrites an earlier file.
 *
 * @param options of `chatform state push` that name the store, such as `--state PATH`
 */
export function rescueToFolder(cwd: string, options: readonly string[], codec = new StateCodec()): Rescue {
  return async (state, force) => {
    const file = await writeToFreeName(cwd, await codec.print(state));
    const words = ["chatform", "state", "push", ...(force ? ["--force"] : []), file, ...options];
    return { file, command: words.map(shellWord).join(" ") };
  };
}

async function writeToFreeName(cwd: string, content: string): Promise<string> {
  try {
    const name = await freeName(cwd);
    await writeDurably(resolve(cwd, name), content);
    return name;
  } catch {
    // The working directory is gone, read-only or full.
    const folder = await mkdtemp(join(tmpdir(), "chatform-"));
    const file = join(folder, fileName(1));
    await writeDurably(file, content);
    return file;
  }
}

/** An earlier run's state may not have been pushed yet. */
async function freeName(cwd: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = fileName(number);
    if (!(await fileExists(resolve(cwd, name)))) return name;
  }
}

function fileName(number: number): string {
  return number === 1 ? "errored.chatform.state.json" : `errored-${number}.chatform.state.json`;
}

/**
 * Rescues a state that could not be stored.
 *
 * @param problem the reason
 * @returns the error to throw: the reason, the file of the rescued state, and the command to push it
 */
export async function rescueState(problem: StateError, state: State, rescue: Rescue): Promise<StateError> {
  const { code, location, remedy } = problem;
  // The state has to be pushed before the command is run again.
  const before = remedy === "" ? "" : `${sentence(remedy)} `;
  try {
    const { file, command } = await rescue(state, code === "state-removed");
    const where = `The state of this run was written to ${file} instead.`;
    // The state of another run is not to be replaced.
    const next =
      code === "state-moved"
        ? "Before the next run, adopt what this run created: chatform import"
        : `Before the next run, push that file: ${command}`;
    return new StateError(
      { code, location, detail: `${problem.detail} ${where}`, help: `${before}${next}` },
      { cause: problem },
    );
  } catch (reason) {
    const why = systemCode(reason) ?? String(reason);
    return new StateError(
      {
        code,
        location,
        detail: `${problem.detail} The state of this run could not be written to another file either (${why}).`,
        help: `${before}Keep a copy of this output: it lists what was created.`,
      },
      { cause: problem },
    );
  }
}

/** Returns the StateError for any error of storing a state. */
export function unstorableError(error: unknown, location: string): StateError {
  if (error instanceof StateError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new StateError(
    {
      code: "state-unwritable",
      location,
      detail: `${location} could not be stored (${reason}).`,
      help: "Check that no other process uses the state.",
    },
    { cause: error },
  );
}
