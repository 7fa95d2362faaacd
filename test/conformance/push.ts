import { PassThrough, Readable } from "node:stream";
import { Secrets } from "../../src/cli/masking/secrets.js";
import { pull, push } from "../../src/cli/commands/state/state-actions.js";
import type { State } from "../../src/core/state/state.js";
import { emptyState } from "../../src/core/state/state.js";
import { printState } from "../../src/state/codec.js";
import type { StateStore } from "../../src/state/store.js";
import { resource } from "../unit/state/samples.js";

/** A state with rooms at these addresses. @param serial decides which of two is newer */
export function stateWith(serial: number, ...addresses: readonly string[]): State {
  const resources = Object.fromEntries(addresses.map((address) => [address, resource(`id of ${address}`)]));
  return { ...emptyState("00000000-0000-4000-8000-00000000aaaa"), serial, resources };
}

/** Runs `chatform state push -`, or `chatform state pull` without a state. @returns stdout, and the error if there was one */
export async function runOn(
  store: StateStore,
  state?: State,
): Promise<{ readonly stdout: string; readonly error: unknown }> {
  const stdin = Readable.from([state === undefined ? "" : printState(state)]);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const signals = { stop: new AbortController().signal, abort: new AbortController().signal };
  const context = {
    ...{
      cwd: "/nonexistent",
      env: {},
      stdin: () => stdin,
      stdout,
      stderr,
      secrets: new Secrets(),
      ...signals,
    },
    ...{ now: () => new Date(0), repeatOptions: (text: string) => text },
  };
  const action = {
    store,
    context,
    json: false,
    force: false,
    forgotten: false,
    purge: false,
    lockTimeoutMs: 0,
  };
  const work = state === undefined ? pull(action) : push(action, "-");
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stdout: String(stdout.read() ?? ""), error };
}
