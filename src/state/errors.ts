import type { LockInfo } from "./store.js";

/** What went wrong with a state. Listed in docs/diagnostics.md. */
export type StateErrorCode =
  /** It is there but can't be read: permissions, a broken disk. */
  | "state-unreadable"
  /** Its content is not a state. */
  | "state-damaged"
  /** Its format is of another version. */
  | "state-version"
  | "state-unwritable"
  /** It was changed between reading and writing, by something that does not heed the lock. */
  | "state-moved"
  /** It, or its folder, was deleted while a run worked on it. */
  | "state-removed"
  /** It is larger than any state should be. */
  | "state-too-large"
  | "journal-damaged"
  /** The journal belongs to another state. */
  | "journal-foreign"
  /** It was deleted or replaced while a run wrote it. */
  | "journal-lost"
  | "state-locked"
  | "lock-missing"
  | "lock-mismatch"
  /** Somebody else took the lock while we held it. */
  | "lock-lost"
  /** A state command names an address that the state has not, or one that it has already. */
  | "address-unknown"
  | "address-taken"
  /** A pushed state is older than, or unrelated to, the one in its place. */
  | "push-refused"
  | "backend-config"
  /** The server of a remote state does not answer, or with an error. */
  | "backend-failed"
  | "backend-refused";

export interface StateProblem {
  readonly code: StateErrorCode;
  /** Of the state: a path, or a URL without credentials. */
  readonly location: string;
  /** What is wrong, in whole sentences. */
  readonly detail: string;
  /** What to do about it. */
  readonly help: string;
}

/** A state can't be read, written or locked. */
export class StateError extends Error {
  override readonly name: string = "StateError";
  readonly code: StateErrorCode;
  readonly location: string;
  readonly detail: string;
  readonly help: string;

  constructor({ code, location, detail, help }: StateProblem, options?: ErrorOptions) {
    super(`${detail} ${help}`, options);
    this.code = code;
    this.location = location;
    this.detail = detail;
    this.help = help;
  }
}

/** Somebody else holds the lock of a state. */
export class LockedError extends StateError {
  override readonly name = "LockedError";
  readonly holder: LockInfo;

  /**
   * @param holder members that are empty are not known
   * @param detail what is known of a holder that its lock does not name
   */
  constructor(location: string, holder: LockInfo, detail?: string) {
    const { ID } = holder;
    const unlock =
      ID === ""
        ? "its lock has to be removed where the state is kept: its ID is not known here."
        : `chatform state unlock ${ID}`;
    super({
      code: "state-locked",
      location,
      detail: detail ?? `${location} is locked by ${holderText(holder)}${ID && ` (lock ID ${ID})`}.`,
      help: `Wait until that is done, or let chatform wait with --lock-timeout 5m. If it surely runs no more: ${unlock}`,
    });
    this.holder = holder;
  }
}

/** Names the holder of a lock: `jane@laptop (12) for apply since 2026-01-02T03:04:05.000Z`. */
export function holderText({ Who, Created, Operation }: LockInfo): string {
  return `${Who || "an unknown process"} for ${Operation || "an unknown operation"} since ${Created || "an unknown time"}`;
}

/** The system's short name of what went wrong (`ENOSPC`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
