import type { Result } from "./row.js";
import type { Spread } from "./statistics.js";

/** Returns the results as a Markdown table. */
export function toTable(results: readonly Result[]): string {
  const head = ["", "Measured", "", "Reference", "", "Ratio (least to most)", "Target", "Met"];
  const rows = results.map((result) => [
    result.row,
    described(result),
    valueText(result.measured.median, result.unit),
    result.reference?.what ?? "",
    result.reference === undefined ? "" : valueText(result.reference.measured.median, result.unit),
    result.ratio === undefined ? "" : ratioText(result.ratio),
    targetText(result),
    result.met === undefined ? "" : result.met ? "yes" : "no",
  ]);
  const widths = head.map((title, at) =>
    Math.max(...[title, ...rows.map((row) => row[at]!)].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return `${[line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")}\n`;
}

function described({ what, detail }: Result): string {
  const facts = Object.entries(detail).map(([name, value]) =>
    typeof value === "number" ? `${value.toLocaleString("en-US")} ${name}` : `${name} ${value}`,
  );
  return facts.length === 0 ? what : `${what}: ${facts.join(", ")}`;
}

function valueText(value: number, unit: Result["unit"]): string {
  if (unit === "ms" && value >= 1000) return `${(value / 1000).toFixed(2)} s`;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${unit}`;
}

function ratioText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

function targetText({ target, unit }: Result): string {
  if (target === undefined) return "";
  const text = (value: number): string => (target.of === "ratio" ? value.toFixed(2) : valueText(value, unit));
  return [
    ...(target.atMost === undefined ? [] : [`at most ${text(target.atMost)}`]),
    ...(target.atLeast === undefined ? [] : [`at least ${text(target.atLeast)}`]),
  ].join(", ");
}
