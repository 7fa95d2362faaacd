import { VERSION } from "../core/version.js";
import type { Clock } from "./clock.js";
import { ownName } from "./process.js";
import type { LockInfo } from "./store.js";

/** What a lock of this process says. */
export function lockInfo(id: string, operation: string, path: string, clock: Pick<Clock, "now">): LockInfo {
  return {
    ID: id,
    Operation: operation,
    Info: "",
    Who: ownName(),
    Version: VERSION,
    Created: new Date(clock.now()).toISOString(),
    Path: path,
  };
}
