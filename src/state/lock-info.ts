import { toJsonObject } from "../core/json/json-object.js";
import { VERSION } from "../core/version.js";
import type { Clock } from "../core/time/clock.js";
import { ownName } from "./local/process-identity.js";
import type { LockInfo } from "./store.js";

/** Returns the content of a lock of this process. */
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

/** Reads the holder of a lock from a server's text; undefined where it is not a LockInfo. Missing members are empty. */
export function parseLockInfo(text: string): LockInfo | undefined {
  const value = toJsonObject(text);
  if (typeof value["ID"] !== "string") return undefined;
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
}
