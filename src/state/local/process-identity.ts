import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";
import { systemCode } from "../errors.js";

/** A process, so that another one on the same machine can tell whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine, as far as process ids go: two containers are two machines, and so is one before and after a boot. */
  readonly host: string;
  /** When it started, in the system's own terms: process ids are used again. Missing where that can't be found out. */
  readonly started?: string;
}

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const started = await startOf(process.pid);
  return {
    pid: process.pid,
    host: await hostIdentity(),
    ...(typeof started === "string" ? { started } : {}),
  };
}

/** Whether a process still runs; `unknown`: it is another machine's. */
export async function liveness(other: ProcessIdentity): Promise<"alive" | "dead" | "unknown"> {
  if (other.host !== (await hostIdentity())) return "unknown";
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: it is there, but another user's.
    if (systemCode(error) === "ESRCH") return "dead";
  }
  const started = await startOf(other.pid);
  if (started === "gone") return "dead";
  return started === undefined || other.started === undefined || started === other.started ? "alive" : "dead";
}

/** For people: `jane@laptop (1234)`. */
export function ownName(): string {
  return `${userName()}@${hostname()} (${process.pid})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name: usual in containers.
    return String(process.getuid?.() ?? "unknown");
  }
}

async function hostIdentity(): Promise<string> {
  const parts = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return [hostname(), ...parts.map((part) => part.trim())].filter((part) => part !== "").join(" ");
}

/** When a process started; undefined where the system doesn't say; `gone`: it has ended. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") return startFromProc(pid);
  if (process.platform === "win32") return undefined;
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], {
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    return stdout.trim() || "gone";
  } catch {
    return undefined;
  }
}

/** Source: proc(5): field 3 of /proc/PID/stat is the state, field 22 the start in clock ticks since boot. */
async function startFromProc(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // Field 2, the command in parentheses, may hold anything, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended; only its parent hasn't asked how.
  return fields[0] === "Z" || fields[0] === "X" ? "gone" : fields[19];
}
