/** An error in a config, without its place. */
export interface Problem {
  /** Stable, kebab-case, listed in docs/diagnostics.md. */
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly help: string;
}
