import type { DiagnosticCode } from "./diagnostic-codes.js";
import type { Address } from "./address.js";

/** A place in a file. Lines and columns (UTF-16 code units) count from 1; `end` is after the last character. */
export interface SourceRange {
  readonly file: string;
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  /** Bytes (of UTF-8) from the start of the file, from 0. */
  readonly offset: number;
}

/** A problem of the user's input. Problems are collected and shown together. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Stable: scripts rely on it. */
  readonly code: DiagnosticCode;
  /** The problem: one constant line, without a period. */
  readonly summary: string;
  /** The problem with its values, in whole sentences. */
  readonly detail?: string;
  /** The next step for the user. */
  readonly help?: string;
  readonly range?: SourceRange;
  /** The text of the line that the range starts in, with which a frame is drawn. */
  readonly sourceLine?: string;
  readonly address?: Address;
  /** The user or group that the problem is about, as written in the config (`user:jane@example.com`), to find its place. */
  readonly reference?: string;
  /** Related places, such as the first of two declarations. */
  readonly related?: readonly RelatedPlace[];
}

export interface RelatedPlace {
  readonly range: SourceRange;
  readonly sourceLine?: string;
  readonly label: string;
}

/** An error that stops a command with problems that the user can fix. */
export class DiagnosticsError extends Error {
  override readonly name = "DiagnosticsError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.code}: ${one.detail ?? one.summary}`).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** A broken assumption of the program. */
export class InternalError extends Error {
  override readonly name = "InternalError";

  constructor(message: string, options?: ErrorOptions) {
    super(`This is a bug in chatform: ${message}`, options);
  }
}
