import type { State } from "../../src/core/state/state.js";
import { emptyState } from "../../src/core/state/state.js";

/**
 * Returns a state without resources that knows that the service shows writes at once: a lost create is then recovered after
 * `--patience`, and not only after the default.
 */
export function stateWithoutLag(): State {
  const shown = {
    value: 100,
    date: new Date().toISOString(),
    evidence: "Test: the emulator shows writes at once.",
  };
  return {
    ...emptyState("c7e0b1d2-0000-4000-8000-000000000001"),
    behavior: { listLagMs: shown, readLagMs: shown },
  };
}
