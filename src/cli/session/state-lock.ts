import type { StateStore } from "../../state/store.js";
import { safeLine } from "../../core/safe-text.js";
import type { Context, ExitCode } from "../context.js";
import { errorReason } from "../output/errors.js";
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
  const { stop, stderr } = context;
  const lock = await watchingWait(`the lock of the state at ${store.location}`, context, () =>
    store.lock(operation, { timeoutMs: lockTimeoutMs, signal: stop }),
  );
  if (lock.notice !== undefined) stderr.write(`Note: ${safeLine(lock.notice)}\n`);
  let result: T;
  try {
    result = await work(lock.lost);
  } catch (error) {
    // The error of the work matters more than a lock that could not be released.
    await lock.release().catch((reason: unknown) => {
      stderr.write(`Note: ${safeLine(errorReason(reason))}\n`);
    });
    throw error;
  }
  await lock.release();
  return result;
}
