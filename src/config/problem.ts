import type { DiagnosticCode } from "../core/diagnostic-codes.js";
/** An error in a config, without its place. */
export interface Problem {
  /** Stable, kebab-case, listed in docs/diagnostics.md. */
  readonly code: DiagnosticCode;
  readonly summary: string;
  readonly detail: string;
  readonly help: string;
}
