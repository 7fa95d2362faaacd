import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Kind } from "../../core/kind/kind.js";
import { shellWord } from "../../core/shell-word.js";
import type { State } from "../../core/state/state.js";

/**
 * Refuses a state with resources of kinds that this version does not know: a newer chatform wrote the state.
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
      summary: "Unknown kind in the state",
      detail: `The state records ${address} with the kind ${kind}, which this version of chatform does not know.`,
      help: `Use the newer chatform that wrote the state. To drop the entry: chatform state forget ${shellWord(address)}`,
      address,
    }));
  if (problems.length > 0) throw new DiagnosticsError(problems);
}
