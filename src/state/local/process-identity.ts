import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { promisify } from "node:util";
import { systemCode } from "../errors.js";

/** Identifies a process, so that another one on the same machine can tell whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine on which the process id is valid: each container is one, and each boot begins a new one. */
  readonly host: string;
  /** The start time in the system's own terms, since process ids are reused. Missing where it is unknown. */
  readonly started?: string;
}

/** Returns the identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const started = await startTime(process.pid);
  return {
    pid: process.pid,
    host: await hostIdentity(),
    ...(typeof started === "string" ? { started } : {}),
  };
}

/** Tells whether a process still runs; `unknown`: it belongs to another machine. */
export async function liveness(other: ProcessIdentity): Promise<"alive" | "dead" | "unknown"> {
  if (other.host !== (await hostIdentity())) return "unknown";
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: the process runs, as another user.
    if (systemCode(error) === "ESRCH") return "dead";
  }
  const started = await startTime(other.pid);
  if (started === "gone") return "dead";
  return started === undefined || other.started === undefined || started === other.started ? "alive" : "dead";
}

/** Returns the name of this process for people: `jane@laptop (1234)`. */
export function ownName(): string {
  return `${userName()}@${hostname()} (${process.pid})`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in containers.
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

/** Returns the start time of a process; undefined where it is unknown; `gone`: the process has ended. */
async function startTime(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") return startTimeFromProc(pid);
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
async function startTimeFromProc(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // Field 2, the command in parentheses, may hold anything, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended; its parent has not read its exit code yet.
  return fields[0] === "Z" || fields[0] === "X" ? "gone" : fields[19];
}
