import { StateError } from "../../state/errors.js";
import type { StateStore } from "../../state/store.js";
import { durationOfMs } from "../../core/time/duration.js";
import type { Context, ExitCode } from "../context.js";
import { errorReason } from "../output/errors.js";
import { writeNote } from "../output/note.js";
import type { Session } from "./session.js";
import { watchingWait } from "./watch-waits.js";

/** `stop` aborts at the first Ctrl-C or when the lock is lost, `abort` at the second Ctrl-C. */
export interface StopSignals {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** Runs work under the state's lock, and closes the session. @returns the exit code of the work */
export async function withSessionLock(
  session: Session,
  operation: string,
  context: Context,
  work: (signals: StopSignals) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await withLock(session, operation, context, async (lost) => {
      const code = await work({ stop: AbortSignal.any([context.stop, lost]), abort: context.abort });
      // Not interrupted by the user: the work stopped because the lock was lost.
      if (code === 130 && !context.stop.aborted) lost.throwIfAborted();
      return code;
    });
  } finally {
    await session.close();
  }
}

/**
 * Runs work under the lock of a state.
 *
 * @param work called with a signal that aborts when the lock is lost
 */
export async function withLock<T>(
  { store, lockTimeoutMs }: { readonly store: StateStore; readonly lockTimeoutMs: number },
  operation: string,
  context: Context,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const { stop } = context;
  const lock = await watchingWait(`the lock of the state at ${store.location}`, context, () =>
    store.lock(operation, {
      timeoutMs: lockTimeoutMs,
      signal: stop,
      onHeld: tellHolder(lockTimeoutMs, context),
    }),
  );
  if (lock.notice !== undefined) writeNote(lock.notice, context);
  let result: T;
  try {
    result = await work(lock.lost);
  } catch (error) {
    // The error of the work matters more than a lock that could not be released.
    await lock.release().catch((reason: unknown) => {
      writeNote(errorReason(reason), context);
    });
    throw error;
  }
  await lock.release();
  return result;
}

/** The time that a lock is held until its holder is told, in milliseconds. */
const heldMs = 1_500;

/** Returns a function that tells once who holds the lock, if the wait for it is not short. */
function tellHolder(timeoutMs: number, context: Context): (error: Error) => void {
  const start = performance.now();
  let told = false;
  return (error) => {
    if (told || performance.now() - start < heldMs || !(error instanceof StateError)) return;
    told = true;
    writeNote(`${error.detail} Waiting for the lock, for ${durationOfMs(timeoutMs)} at most.`, context);
  };
}
