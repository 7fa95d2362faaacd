import type { Emulator, FaultAction } from "../../src/emulator/index.js";
import type { BinOptions, BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";
import { runCli } from "../helpers/run.js";

/** The end of a run. */
export type Ended = Pick<BinResult, "code" | "stdout" | "stderr">;

/** Told how to kill a run once it has begun. */
export type OnStart = NonNullable<BinOptions["onStart"]>;

/** Runs the program, and says how to kill it. */
export type Start = (onStart: OnStart) => Promise<Ended>;

/** Runs a command line: as a process if it may be killed, otherwise within this process, in a fraction of the CPU time. */
export function run(
  args: readonly string[],
  { onStart, ...options }: Pick<BinOptions, "cwd" | "env" | "onStart">,
): Promise<Ended> {
  return onStart === undefined ? runCli(args, options) : runBin(args, { ...options, onStart });
}

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
