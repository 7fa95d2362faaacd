import type { Context, ExitCode } from "./context.js";
import type { Session } from "./session.js";

/** When to stop: asked by the user, or the lock is lost. */
export interface StopSignals {
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** Does something under the state's lock, and closes the session. */
export async function underLock(
  session: Session,
  operation: string,
  context: Context,
  work: (signals: StopSignals) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    const lock = await session.store.lock(operation, {
      timeoutMs: session.lockTimeoutMs,
      signal: context.stop,
    });
    if (lock.notice !== undefined) context.stderr.write(`Note: ${lock.notice}\n`);
    try {
      return await work({ stop: AbortSignal.any([context.stop, lock.lost]), abort: context.abort });
    } finally {
      await lock.release();
    }
  } finally {
    await session.close();
  }
}
