import type { Steps } from "../../src/core/time/turns.js";

/** Takes steps to their end at once. */
export function takeSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
