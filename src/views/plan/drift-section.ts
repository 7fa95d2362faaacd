import type { Drift } from "../../core/plan/change.js";
import type { Line } from "../text/line.js";
import { indented, line, lineText, paragraph } from "../text/line.js";
import type { ValueOptions } from "../text/values.js";
import { driftLines } from "./change-text.js";
import { countedDrift, foldDrift } from "./plan-fold.js";

/** Returns drift below a title; no lines without drift. @param withPlaces adds places to what is shown */
export function driftSection(
  title: string,
  drift: readonly Drift[],
  values: ValueOptions,
  withPlaces: (drift: Drift) => Drift = (one) => one,
): readonly Line[] {
  if (drift.length === 0) return [];
  const { width = 80, full } = values;
  const { shown, brief, counted } = foldDrift(drift, full);
  const inner = { ...values, width: width - 2 };
  const lines = [
    ...[...shown, ...brief].flatMap((one) => driftLines(withPlaces(one), inner)),
    ...countedDrift(counted, inner),
  ];
  return [...paragraph(title, { width }).map((one) => line(["bold", lineText(one)])), ...indented(lines, 2)];
}
