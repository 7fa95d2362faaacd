/*
 * The last resort: a state that can't be written where it belongs goes to a file of its own, for `chatform state push`.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileExists } from "../core/file-exists.js";
import type { State } from "../core/state/state.js";
import { printState } from "./codec.js";
import type { StateErrorCode } from "./errors.js";
import { StateError, systemCode } from "./errors.js";
import { writeDurably } from "./local/durable-file.js";

/** A state that was written elsewhere. */
export interface Rescued {
  /** The file, absolute or relative to the working directory. */
  readonly file: string;
  /** The command that puts it where it belongs. */
  readonly command: string;
}

/**
 * Writes a state that could not be stored where the user finds it.
 *
 * @param force whether something is in its place that only `--force` pushes over
 * @throws the system's error
 */
export type Rescue = (state: State, force: boolean) => Promise<Rescued>;

/**
 * Writes to `errored.chatform.state.json` in the working directory, readable by its owner only; where that can't be
 * written, to a new folder in the system's folder for temporary files. Never overwrites an earlier one.
 *
 * @param options of `chatform state push` that name the state's place, such as `--state PATH`
 */
export function rescueToFolder(cwd: string, options: readonly string[]): Rescue {
  return async (state, force) => {
    const file = await written(cwd, printState(state));
    const words = ["chatform", "state", "push", ...(force ? ["--force"] : []), file, ...options];
    return { file, command: words.map(shellWord).join(" ") };
  };
}

async function written(cwd: string, content: string): Promise<string> {
  try {
    const name = await freeName(cwd);
    await writeDurably(resolve(cwd, name), content);
    return name;
  } catch {
    // The working directory is gone, read-only or full.
    const folder = await mkdtemp(join(tmpdir(), "chatform-"));
    const file = join(folder, nameOf(1));
    await writeDurably(file, content);
    return file;
  }
}

/** An earlier run's state may not have been pushed yet. */
async function freeName(cwd: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = nameOf(number);
    if (!(await fileExists(resolve(cwd, name)))) return name;
  }
}

function nameOf(number: number): string {
  return number === 1 ? "errored.chatform.state.json" : `errored-${number}.chatform.state.json`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Rescues a state that could not be stored.
 *
 * @param error why
 * @param location of the state
 * @returns what to throw: why, where the state is now, and how to bring it back
 */
export async function rescueState(
  error: unknown,
  state: State,
  location: string,
  rescue: Rescue,
): Promise<StateError> {
  const problem = error instanceof StateError ? error : unexpected(error, location);
  try {
    const { file, command } = await rescue(state, inTheWay.has(problem.code));
    const [where, before] = [
      `The state as this run knows it was written to ${file}.`,
      sentence(problem.help),
    ];
    return new StateError(
      {
        code: problem.code,
        location,
        detail: `${problem.detail} ${where}`,
        help: `${before} Before the next run, bring the state back: ${command}`,
      },
      { cause: error },
    );
  } catch (reason) {
    const why = systemCode(reason) ?? String(reason);
    return new StateError(
      {
        code: problem.code,
        location,
        detail: `${problem.detail} The state as this run knows it could not be written anywhere else either (${why}).`,
        help: `${sentence(problem.help)} Note what this run reports as created.`,
      },
      { cause: error },
    );
  }
}

/** With these, the journal is still there and belongs to no state: a push without force is refused. */
const inTheWay: ReadonlySet<StateErrorCode> = new Set(["state-removed", "state-moved"]);

function unexpected(error: unknown, location: string): StateError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StateError(
    {
      code: "state-unwritable",
      location,
      detail: `${location} could not be stored (${reason}).`,
      help: "Check that nothing else is at work on the state.",
    },
    { cause: error },
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
