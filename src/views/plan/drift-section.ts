import type { Drift } from "../../core/plan/change.js";
import type { Line } from "../text/line.js";
import { indented, line, lineText, paragraph } from "../text/line.js";
import type { ValueOptions } from "../text/values.js";
import { driftLines } from "./change-text.js";
import { countedDrift, foldDrift } from "./plan-fold.js";

/** Returns drift below a title; no lines without drift. */
export function driftSection(title: string, drift: readonly Drift[], values: ValueOptions): readonly Line[] {
  if (drift.length === 0) return [];
  const { width = 80, full } = values;
  const { shown, brief, counted } = foldDrift(drift, full);
  const inner = { ...values, width: width - 2 };
  const lines = [
    ...[...shown, ...brief].flatMap((one) => driftLines(one, inner)),
    ...countedDrift(counted, inner.width),
  ];
  return [...paragraph(title, { width }).map((one) => line(["bold", lineText(one)])), ...indented(lines, 2)];
}
