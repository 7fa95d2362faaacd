import type { LockInfo } from "./store.js";

/** The codes of problems with a state. Listed in docs/diagnostics.md. */
export type StateErrorCode =
  /** The state exists but can't be read: permissions, a broken disk. */
  | "state-unreadable"
  /** The state is where earlier versions kept it. */
  | "state-elsewhere"
  /** The content is not a state. */
  | "state-damaged"
  /** The format has another version. */
  | "state-version"
  | "state-unwritable"
  /** The content is encrypted, and there is no passphrase. */
  | "state-encrypted"
  | "passphrase-wrong"
  /** Another process changed the state during the run, ignoring the lock. */
  | "state-moved"
  /** The state or its folder was deleted during the run. */
  | "state-removed"
  /** The state is larger than the limit. */
  | "state-too-large"
  | "journal-damaged"
  /** The journal belongs to another state. */
  | "journal-foreign"
  /** The journal was deleted or replaced during the run. */
  | "journal-lost"
  | "state-locked"
  | "lock-missing"
  | "lock-mismatch"
  /** Another process took the lock during the run. */
  | "lock-lost"
  /** A state command names an address that the state lacks. */
  | "address-unknown"
  /** A state command names an address that is already in use. */
  | "address-taken"
  /** A pushed state is older than the stored one, or unrelated to it. */
  | "push-refused"
  | "backend-config"
  /** The server of a remote state does not respond, or responds with an error. */
  | "backend-failed"
  | "backend-refused";

/** The problems that do not keep a state from being read or written. */
const summaries: Partial<Readonly<Record<StateErrorCode, string>>> = {
  "state-locked": "State locked",
  "lock-missing": "Nothing unlocked",
  "lock-mismatch": "Nothing unlocked",
  "address-unknown": "Unknown address",
  "address-taken": "Address in use",
  "push-refused": "Push refused",
  "backend-config": "Invalid state configuration",
};

export interface StateProblem {
  readonly code: StateErrorCode;
  /** Of the state: a path, or a URL without credentials. */
  readonly location: string;
  /** The facts, in whole sentences. */
  readonly detail: string;
  /** The steps against the problem, imperative. "" where running the command again is all. */
  readonly help: string;
  /** True if the command can be run again after that. Then `help` has no period. Default: false. */
  readonly thenAgain?: boolean;
}

/** A state can't be read, written or locked. */
export class StateError extends Error {
  override readonly name: string = "StateError";
  readonly code: StateErrorCode;
  readonly location: string;
  readonly detail: string;
  /** The problem: one constant line, without a period. */
  readonly summary: string;
  /** All next steps, imperative. */
  readonly help: string;
  /** The steps before the command is run again. "": none. */
  readonly remedy: string;
  /** True if `help` ends with running the command again. */
  readonly thenAgain: boolean;

  constructor(
    { code, location, detail, help: remedy, thenAgain = false }: StateProblem,
    options?: ErrorOptions,
  ) {
    const help = thenAgain ? withRunAgain(remedy) : remedy;
    super(`${detail} ${help}`, options);
    this.code = code;
    this.location = location;
    this.summary = summaries[code] ?? "State unavailable";
    this.detail = detail;
    this.help = help;
    this.remedy = remedy;
    this.thenAgain = thenAgain;
  }
}

/** Another process holds the lock of a state. */
export class LockedError extends StateError {
  override readonly name = "LockedError";
  readonly holder: LockInfo;

  /**
   * @param holder with empty members where they are unknown
   * @param more `detail` replaces the usual one, for a lock that names no holder; `unlock` tells how to remove a lock without an ID;
   *   `options` of commands name the state
   */
  constructor(
    location: string,
    holder: LockInfo,
    more: { detail?: string; unlock?: string; options?: string } = {},
  ) {
    const { ID } = holder;
    const {
      unlock: byHand = "remove its lock where the state is kept (chatform does not know the lock ID).",
      options = "",
    } = more;
    const unlock = ID === "" ? byHand : `chatform state unlock ${ID}${options}`;
    super({
      code: "state-locked",
      location,
      detail: more.detail ?? `${location} is locked by ${holderText(holder)}${ID && ` (lock ID ${ID})`}.`,
      help: `Wait for that run to end, or let chatform wait: --lock-timeout 5m. If you are sure that the run has ended: ${unlock}`,
    });
    this.holder = holder;
  }
}

/** A run that sent no call could not store its state: the next run finds out everything again. */
export class RepeatableError extends StateError {
  override readonly name = "RepeatableError";

  /** @param problem the reason */
  constructor(problem: StateError) {
    const { code, location, help, thenAgain } = problem;
    super(
      {
        code,
        location,
        detail: `${problem.detail} This run sent no change to Genesys Cloud, so nothing is lost.`,
        help: thenAgain ? help : `${sentence(help)} Then run the command again.`,
      },
      { cause: problem },
    );
  }
}

function withRunAgain(remedy: string): string {
  return remedy === "" ? "Run the command again." : `${remedy}, then run the command again.`;
}

/** Returns a text with a period at its end. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Describes the holder of a lock: `jane@laptop (12) for apply since 2026-01-02T03:04:05.000Z`. */
export function holderText({ Who, Created, Operation }: LockInfo): string {
  return `${Who || "an unknown process"} for ${Operation || "an unknown operation"} since ${Created || "an unknown time"}`;
}

/** Returns the code of a system error (`ENOSPC`); undefined for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
