import { isObject } from "../core/json/json.js";
import { VERSION } from "../core/version.js";
import type { Clock } from "../core/time/clock.js";
import { ownName } from "./local/process-identity.js";
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

/** Who a server says holds its lock; undefined where it says nothing that makes sense. Missing members are empty. */
export function parseLockInfo(text: string): LockInfo | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value["ID"] !== "string") return undefined;
    const member = (name: string): string => {
      const found = value[name];
      return typeof found === "string" ? found : "";
    };
    return {
      ID: value["ID"],
      Operation: member("Operation"),
      Info: member("Info"),
      Who: member("Who"),
      Version: member("Version"),
      Created: member("Created"),
      Path: member("Path"),
    };
  } catch {
    return undefined;
  }
}
