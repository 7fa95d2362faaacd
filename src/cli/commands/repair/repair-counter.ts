import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { RepairCounts } from "../../../views/drift/metrics.js";
import type { RepairRun } from "./repair-run.js";

/** Counts the repairs of `repair --every`. */
export class RepairCounter {
  readonly #runs = { repaired: 0, nothing: 0, failed: 0 };
  readonly #resources = { drift: 0, membership: 0 };
  #calls = 0;
  #left: number | undefined;

  get counts(): RepairCounts {
    return { runs: this.#runs, resources: this.#resources, calls: this.#calls, left: this.#left };
  }

  /**
   * Runs and counts a repair.
   *
   * @throws an error of the repair, or DiagnosticsError `repair-incomplete` if changes were not made
   */
  async counting(repair: () => Promise<RepairRun>): Promise<RepairRun> {
    let done: RepairRun;
    try {
      done = await repair();
    } catch (error) {
      this.#runs.failed += 1;
      throw error;
    }
    const { repairedClasses, calls, audit, code } = done;
    for (const name of repairedClasses) this.#resources[name] += 1;
    this.#calls += calls;
    this.#left = audit.left.length;
    if (code === 1) {
      this.#runs.failed += 1;
      throw new DiagnosticsError([
        {
          severity: "error",
          code: "repair-incomplete",
          summary: "Repair incomplete",
          detail: "Some changes were not made; the calls that failed are shown above.",
          help: "The next run tries again.",
        },
      ]);
    }
    this.#runs[repairedClasses.length > 0 ? "repaired" : "nothing"] += 1;
    return done;
  }
}
