import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Kind } from "../../core/kind/kind.js";
import type { State } from "../../core/state/state.js";

/**
 * Refuses a state that holds what this version knows nothing of: a newer one wrote it.
 *
 * @throws DiagnosticsError
 */
export function refuseUnknownKinds(kinds: ReadonlyMap<string, Kind>, state: State | undefined): void {
  const recorded = [
    ...Object.entries(state?.resources ?? {}).map(([address, { kind }]) => ({ address, kind })),
    ...(state?.uncertain ?? []),
  ];
  const problems = recorded
    .filter(({ kind }) => !kinds.has(kind))
    .map(({ address, kind }): Diagnostic => ({
      severity: "error",
      code: "unknown-kind",
      summary: "The state holds something that this chatform does not know",
      detail: `The state says that ${address} is of the kind ${kind}.`,
      help: `A newer chatform wrote it: use that one. To leave ${address} alone: chatform state forget ${address}.`,
      address,
    }));
  if (problems.length > 0) throw new DiagnosticsError(problems);
}
