import { DiagnosticsError } from "../../core/diagnostic.js";
import type { OrgIdentity } from "../../core/org/org-identity.js";
import type { State } from "../../core/state/state.js";
import { unverifiedOrgProblem } from "../../core/org/state-org.js";
import type { Argv } from "yargs";
import { UsageError } from "./usage-error.js";

/** An option that may be given several times, each time with one value. */
export function repeatable(describe: string): {
  readonly type: "string";
  readonly array: true;
  readonly nargs: 1;
  readonly default: string[];
  readonly requiresArg: true;
  readonly describe: string;
} {
  return { type: "string", array: true, nargs: 1, default: [], requiresArg: true, describe };
}

/** Options of every command that reads the desired state. */
export interface FileArgs {
  readonly file: readonly string[];
  readonly var: readonly string[];
  readonly "var-file": readonly string[];
}

export function fileOptions<T>(yargs: Argv<T>): Argv<T & FileArgs> {
  return yargs
    .option("file", {
      alias: "f",
      type: "string",
      array: true,
      nargs: 1,
      default: ["chatform.yaml"],
      requiresArg: true,
      describe: "File or folder of the desired state; repeatable",
    })
    .option("var", repeatable("What ${var:NAME} stands for; repeatable"))
    .option("var-file", repeatable("YAML or JSON file of variables; repeatable"));
}

/** Options of every command that talks to Genesys Cloud with a state beside it. */
export interface SessionArgs {
  readonly state?: string;
  readonly profile?: string;
  readonly parallelism: number;
  readonly "lock-timeout": string;
  readonly patience: string;
  readonly timeout: string;
  readonly "max-wait": string;
}

/** For Genesys Cloud, and for a server that keeps the state. */
export const timeoutOption = {
  type: "string",
  default: "60s",
  requiresArg: true,
  describe: "How long to wait for a response, of a server that keeps the state too",
} as const;

export const lockTimeoutOption = {
  type: "string",
  default: "0s",
  requiresArg: true,
  describe: "How long to wait for the state's lock: 30s, 5m",
} as const;

export interface OrgArgs {
  readonly "allow-unverified-org": boolean;
}

/** Of commands that write. */
export function orgOption<T>(yargs: Argv<T>): Argv<T & OrgArgs> {
  return yargs.option("allow-unverified-org", {
    type: "boolean",
    default: false,
    describe: "Write even if the credentials don't tell whether they belong to the state's org",
  });
}

/** @throws DiagnosticsError org-unverified */
export function refuseUnverifiedOrg(state: State | undefined, org: OrgIdentity, args: OrgArgs): void {
  const problem = args["allow-unverified-org"] ? undefined : unverifiedOrgProblem(state, org);
  if (problem !== undefined) throw new DiagnosticsError([problem]);
}

export function sessionOptions<T>(yargs: Argv<T>): Argv<T & SessionArgs> {
  return yargs
    .option("state", { type: "string", requiresArg: true, describe: "State file; default: as the files say" })
    .option("profile", {
      type: "string",
      requiresArg: true,
      describe: "Credentials of this section of ~/.gc/config.toml",
    })
    .option("parallelism", {
      type: "number",
      default: 10,
      requiresArg: true,
      describe: "Requests in flight at most",
    })
    .option("timeout", timeoutOption)
    .option("max-wait", {
      type: "string",
      default: "10m",
      requiresArg: true,
      describe:
        "How long Genesys Cloud may keep a call waiting, for example for its rate limit; longer is an error",
    })
    .option("patience", {
      type: "string",
      default: "30s",
      requiresArg: true,
      describe: "How long to wait for the service to show what was written",
    })
    .option("lock-timeout", lockTimeoutOption) as unknown as Argv<T & SessionArgs>;
}

/** Options of every command that plans. */
export interface PlanArgs {
  readonly target: readonly string[];
  readonly exclude: readonly string[];
  readonly refresh: boolean;
  readonly "refresh-only": boolean;
  readonly "allow-deletions"?: number;
  readonly calls: boolean;
  readonly full: boolean;
}

export function planOptions<T>(yargs: Argv<T>): Argv<T & PlanArgs> {
  return yargs
    .option("target", repeatable("Only this address (with * and **), and what it needs; repeatable"))
    .option("exclude", repeatable("All but this address (with * and **); repeatable"))
    .option("refresh", {
      type: "boolean",
      default: true,
      describe: "Read the live state; --no-refresh trusts the state",
    })
    .option("refresh-only", {
      type: "boolean",
      default: false,
      describe: "Only take over into the state what was changed outside",
    })
    .option("allow-deletions", {
      type: "number",
      requiresArg: true,
      describe: "Let this many deletions through, whatever safety says",
    })
    .option("calls", {
      type: "boolean",
      default: false,
      describe: "List the API calls too, in the order in which they are made",
    })
    .option("full", {
      type: "boolean",
      default: false,
      describe: "Don't fold long lists, nor long plans",
    }) as unknown as Argv<T & PlanArgs>;
}

/** Timers hold no longer time: they would end at once. */
const longest = 2 ** 31 - 1;

/**
 * Milliseconds of `30s`, `5m`, `1h`, `250ms` or plain seconds.
 *
 * @param least in milliseconds
 * @throws UsageError for anything else, and for what is too short or too long
 */
export function durationOf(option: string, text: string, least = 0): number {
  const [, amount, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (amount === undefined || factor === undefined)
    throw new UsageError(`${option} takes a duration such as 30s or 5m, not "${text}".`);
  const duration = Math.round(Number(amount) * factor);
  if (duration < least)
    throw new UsageError(
      `${option} takes at least ${least < 1000 ? `${least}ms` : `${least / 1000}s`}, not ${text}.`,
    );
  if (duration > longest) throw new UsageError(`${option} takes at most 24d, not ${text}.`);
  return duration;
}

/** Checks that it is a whole number within bounds. @throws UsageError where it is not */
export function checkWhole(option: string, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const bounds = most === Infinity ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${option} takes a whole number ${bounds}, not ${value}.`);
}
