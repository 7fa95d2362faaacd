/* A process that creates, as far as the state lets it, and says what it sent. Ends when the state is no longer its own. */
import { StateError } from "../../src/state/errors.js";
import { localStore } from "../../src/state/local/local-store.js";
import { rescueToFolder } from "../../src/state/rescue.js";

export type Report =
  | { readonly type: "sent"; readonly address: string }
  | { readonly type: "stopped"; readonly code: string; readonly detail: string };

const [path = "", round = "", cwd = ""] = process.argv.slice(2);

const store = localStore({ path, heartbeatMs: 5, journalLimit: 4_000, rescue: rescueToFolder(cwd, []) });
const lock = await store.lock("apply", { timeoutMs: 0 });
const writer = await store.open(await store.read());

async function report(message: Report): Promise<void> {
  await new Promise((resolve) => process.send?.(message, resolve));
}

async function create(address: string): Promise<void> {
  const intent = {
    address,
    kind: "rooms/*",
    operation: "postChatsRooms",
    body: { subject: "x".repeat(100) },
    at: "2026-01-02T03:04:05.000Z",
    record: { applied: {} },
    effects: [],
  };
  await writer.append({ type: "intent", intent });
  await report({ type: "sent", address });
  await writer.append({ type: "record", address, resource: { kind: "rooms/*", id: address, applied: {} } });
}

// After a failed test, the parent no longer listens.
process.on("disconnect", () => process.exit(1));

try {
  for (let at = 0; ; at++) {
    await Promise.all([0, 1, 2].map(async (part) => create(`rooms/${round}-${at}-${part}`)));
  }
} catch (error) {
  if (!(error instanceof StateError)) throw error;
  const end = await writer.close().then(
    () => "written",
    (reason: unknown) => (reason as Error).message,
  );
  await lock.release();
  await report({ type: "stopped", code: error.code, detail: end });
}
process.exit(0);
