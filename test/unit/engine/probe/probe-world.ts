import { createApi } from "../../../../src/api/client.js";
import { connectionFromEnv } from "../../../../src/api/auth/connection.js";
import type { Api } from "../../../../src/api/api.js";
import type { State } from "../../../../src/core/state/state.js";
import { systemClock } from "../../../../src/core/time/clock.js";
import type { Emulator, EmulatorOptions } from "../../../../src/emulator/index.js";
import { startEmulator } from "../../../../src/emulator/index.js";
import type { ProbeResult } from "../../../../src/engine/probe/probe.js";
import { probe } from "../../../../src/engine/probe/probe.js";
import { shownWrites } from "../../../../src/engine/probe/probe-writes.js";
import type { StateWriter } from "../../../../src/state/store.js";
import { JumpingClock, MemoryWriter } from "../../../helpers/world.js";
import { writesIn } from "../../../helpers/writes.js";

/** An emulated org with a probe and a state in memory in front of it. */
export interface ProbeWorld {
  readonly emulator: Emulator;
  readonly clock: JumpingClock;
  state: State | undefined;
  /** Probes, and keeps what the writer has even if the probe fails. */
  readonly probe: (options?: ProbeOptions) => Promise<ProbeResult>;
  /** The writes that a probe did not show before. */
  readonly unshownWrites: () => readonly string[];
  readonly close: () => Promise<void>;
}

export interface ProbeOptions {
  readonly onPart?: (title: string) => void;
  readonly isSlow?: boolean;
  readonly allowsNewRoom?: boolean;
  readonly stop?: AbortSignal;
  readonly abort?: AbortSignal;
  readonly wrap?: (writer: StateWriter) => StateWriter;
  readonly wrapApi?: (api: Api) => Api;
}

export async function probeWorld(options: EmulatorOptions): Promise<ProbeWorld> {
  const clock = new JumpingClock();
  const emulator = await startEmulator({
    now: () => clock.now(),
    ...options,
  });
  const hasty = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(Math.min(ms, 1), signal),
  };
  const api = createApi({
    connection: connectionFromEnv({ ...emulator.env }),
    parallelism: 10,
    clock: hasty,
  });
  const never = new AbortController().signal;
  const world: ProbeWorld = {
    emulator,
    clock,
    state: undefined,
    async probe(options: ProbeOptions = {}) {
      const { isSlow = false, allowsNewRoom = false, stop = never, abort = never, wrap, wrapApi } = options;
      const writer = new MemoryWriter(world.state);
      try {
        const input = {
          api: wrapApi?.(api) ?? api,
          writer: wrap?.(writer) ?? writer,
          clock,
          patienceMs: 30_000,
          ...{ isSlow, allowsNewRoom },
          stop,
          abort,
        };
        return await probe({ ...input, onPart: options.onPart ?? (() => undefined) });
      } finally {
        world.state = await writer.close();
      }
    },
    unshownWrites: () => unshown(emulator),
    async close() {
      await api.close();
      await emulator.close();
    },
  };
  return world;
}

/** Compares methods, paths without ids, and bodies without ids. */
function unshown(emulator: Emulator): readonly string[] {
  const left = shownWrites({ isSlow: true })
    .filter(({ path }) => !path.endsWith("/LEFT"))
    .map(({ method, path, body }) =>
      line(method, path.replaceAll(/\/[A-Z][A-Z0-9-]+(?=\/|$)/g, "/ID"), body),
    );
  return writesIn(emulator.requests).flatMap(({ method, path, body }) => {
    const template = path.split("/").map((part) => (/[0-9a-f]{8}-|@|%40/i.test(part) ? "ID" : part));
    const written = line(method, template.join("/"), body);
    const at = left.indexOf(written);
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [written];
  });
}

function line(method: string, path: string, body: unknown): string {
  const isSettings = path.endsWith("/users/me/settings");
  const masked = JSON.stringify(body ?? null).replaceAll(/"(?:[0-9a-f]{8}-[^"]*|M\d|THREAD)"/g, '"ID"');
  return `${method} ${path} ${isSettings ? "SETTINGS" : masked}`;
}
