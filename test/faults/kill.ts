import type { Emulator, FaultAction } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";

/** Runs the program, and says how to kill it. */
export type Start = (onStart: (kill: (signal: NodeJS.Signals) => void) => void) => Promise<BinResult>;

/** Runs the program, and kills it while its nth request hangs. @returns false if the program ended before that request */
export async function killAt(
  emulator: Emulator,
  { nth, action }: { readonly nth: number; readonly action: FaultAction },
  start: Start,
): Promise<boolean> {
  emulator.addFaults({ match: { nth }, action });
  try {
    let end: (signal: NodeJS.Signals) => void = () => undefined;
    const running = start((kill) => (end = kill));
    const ended = running.then(() => true);
    const pause = (): Promise<boolean> => new Promise((resolve) => setTimeout(resolve, 10, false));
    while (emulator.requests.every(({ fault }) => fault === undefined)) {
      if (await Promise.race([ended, pause()])) return false;
    }
    end("SIGKILL");
    await running;
    return true;
  } finally {
    emulator.clearFaults();
  }
}
