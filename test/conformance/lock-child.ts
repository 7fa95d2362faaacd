/* A process that takes and releases locks as its parent tells it to, and says how it went. */
import { LockedError } from "../../src/state/errors.js";
import { localStore } from "../../src/state/local/local-store.js";
import type { Lock } from "../../src/state/store.js";

/** `lock` and `release` get a reply; `at`: start at this time, so that several start at once. */
export type Order =
  | { readonly type: "lock"; readonly path: string; readonly timeoutMs: number; readonly at?: number }
  | { readonly type: "release" };

export type Reply =
  | { readonly type: "locked"; readonly id: string; readonly notice?: string | undefined }
  | { readonly type: "held-by"; readonly id: string }
  | { readonly type: "released" }
  | { readonly type: "failed"; readonly message: string };

let held: Lock | undefined;

async function obey(order: Order): Promise<Reply> {
  if (order.type === "release") {
    await held?.release();
    return { type: "released" };
  }
  // To the millisecond: the others wait for the same instant.
  while (Date.now() < (order.at ?? 0));
  try {
    held = await localStore({ path: order.path }).lock("test", { timeoutMs: order.timeoutMs });
    return { type: "locked", id: held.info.ID, notice: held.notice };
  } catch (error) {
    if (error instanceof LockedError) return { type: "held-by", id: error.holder.ID };
    return { type: "failed", message: String(error) };
  }
}

process.on("message", (order) => {
  void obey(order as Order).then((reply) => process.send?.(reply));
});
