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
  | "journal-damaged"
  /** The journal belongs to another state. */
  | "journal-foreign"
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

  /** @param holder members that are empty are not known */
  constructor(location: string, holder: LockInfo) {
    const { ID, Operation, Who, Created } = holder;
    const named = ID === "" ? "" : ` (lock ID ${ID})`;
    const unlock =
      ID === ""
        ? "its lock has to be removed where the state is kept: its ID is not known here."
        : `chatform state unlock ${ID}`;
    super({
      code: "state-locked",
      location,
      detail: `${location} is locked by ${Who || "somebody"} since ${Created || "an unknown time"} for ${Operation || "an unknown operation"}${named}.`,
      help: `Wait until that is done, or let chatform wait with --lock-timeout 5m. If it surely runs no more: ${unlock}`,
    });
    this.holder = holder;
  }
}

/** The system's short name of what went wrong (`ENOSPC`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
