import type { StateStore } from "../../state/store.js";
import { safeLine } from "../../core/safe-text.js";
import type { Context, ExitCode } from "../context.js";
import { reasonOf } from "../output/errors.js";
import type { Session } from "./session.js";

/** When to stop: asked by the user, or the lock is lost. */
export interface StopSignals {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** Does something under the state's lock, and closes the session. */
export async function withSessionLock(
  session: Session,
  operation: string,
  context: Context,
  work: (signals: StopSignals) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await withLock(session, operation, context, async (lost) => {
      const code = await work({ stop: AbortSignal.any([context.stop, lost]), abort: context.abort });
      // Nobody interrupted it: it stopped because the lock is lost.
      if (code === 130 && !context.stop.aborted) lost.throwIfAborted();
      return code;
    });
  } finally {
    await session.close();
  }
}

/**
 * Does something under the lock of a state.
 *
 * @param work is given a signal that aborts when the lock is lost
 */
export async function withLock<T>(
  { store, lockTimeoutMs }: { readonly store: StateStore; readonly lockTimeoutMs: number },
  operation: string,
  { stop, stderr }: Context,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lock = await store.lock(operation, { timeoutMs: lockTimeoutMs, signal: stop });
  if (lock.notice !== undefined) stderr.write(`Note: ${safeLine(lock.notice)}\n`);
  let result: T;
  try {
    result = await work(lock.lost);
  } catch (error) {
    // Why the work failed matters more than that the lock is still there.
    await lock.release().catch((reason: unknown) => {
      stderr.write(`Note: ${safeLine(reasonOf(reason))}\n`);
    });
    throw error;
  }
  await lock.release();
  return result;
}
