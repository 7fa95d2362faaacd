/* A process that takes the lock and appends until it is killed, and says what it was told is durable. */
import { localStore } from "../../src/state/local/local-store.js";

export interface Acknowledged {
  readonly address: string;
}

const [path = "", round = ""] = process.argv.slice(2);

// A small journal, so that kills hit whole writes in between too.
const store = localStore({ path, journalLimit: 3_000 });
await store.lock("apply", { timeoutMs: 0 });
const writer = await store.open(await store.read());
for (let at = 0; ; at++) {
  const addresses = [0, 1, 2].map((part) => `rooms/${round}-${at}-${part}`);
  await Promise.all(
    addresses.map(async (address) => {
      const resource = { kind: "rooms/*", id: address, applied: { subject: "x".repeat(100) } };
      await writer.append({ type: "record", address, resource });
      process.send?.({ address } satisfies Acknowledged);
    }),
  );
}
