import type { EngineEvent, OnEvent } from "../../engine/events.js";
import type { Pace } from "../../views/apply/progress.js";
import { ProgressLine } from "../../views/apply/progress.js";
import type { Context } from "../context.js";
import { writeNote } from "../output/note.js";
import { progressOutput } from "../output/style.js";

/** Calls `view.tick` at intervals, in milliseconds. @returns a function that ends the calls */
export function startProgressTimer(view: { tick(): void }, everyMs = 250): () => void {
  const timer = setInterval(() => {
    view.tick();
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** Runs work that reads, and shows its progress on stderr. @param pace undefined for work without requests */
export async function showingProgress<T>(
  context: Context,
  pace: Pace | undefined,
  work: (onEvent: OnEvent) => Promise<T>,
): Promise<T> {
  const output = progressOutput(context, "stderr");
  const progress = new ProgressLine({
    ...{ output, now: () => context.now().getTime(), longWait: () => context.status?.longWait() },
    ...(pace === undefined ? {} : { pace }),
  });
  const stopTicking = startProgressTimer(progress);
  try {
    return await work((event: EngineEvent) => {
      if (event.type === "phase" || event.type === "progress") progress.onEvent(event);
      if (event.type !== "notice") return;
      progress.clear();
      writeNote(event.text, context);
    });
  } finally {
    stopTicking();
    progress.clear();
  }
}
