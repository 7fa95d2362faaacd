import type { Check, CheckStatus } from "../../core/doctor/check.js";
import { topics, worstStatus } from "../../core/doctor/check.js";
import { safe } from "../../core/safe-text.js";
import type { Ink, Line } from "../text/line.js";
import { blank, indented, line, paint, paragraph } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { count } from "../text/terminal.js";

export interface DoctorTextOptions {
  readonly style: Styles;
  /** Of the terminal, in columns. */
  readonly width: number;
}

const inks: Readonly<Record<CheckStatus, Ink>> = { ok: "green", warning: "boldYellow", failure: "boldRed" };
const statusColumns = Math.max(...Object.keys(inks).map(({ length }) => length)) + 1;
const topicColumns = Math.max(...Object.values(topics).map(({ length }) => length)) + 2;
const textColumn = statusColumns + topicColumns;

/** Returns checks as people read them: the status, the topic and the facts of each, with the next step below. */
export function renderChecks(checks: readonly Check[], { style, width }: DoctorTextOptions): string {
  return paint(
    [...checks.flatMap((check) => checkLines(check, width)), blank, line(verdictText(checks))],
    style,
  );
}

function checkLines(check: Check, width: number): readonly Line[] {
  const { status, topic, text } = check;
  const [first, ...more] = paragraph(safe(text), { width: width - textColumn });
  const head = line(
    [inks[status], status],
    " ".repeat(statusColumns - status.length),
    topics[topic].padEnd(topicColumns),
    ...(first?.text ?? []),
  );
  const help =
    check.status === "ok"
      ? []
      : paragraph(safe(check.help), { width: width - textColumn, label: [["cyan", "help:"]] });
  return [head, ...indented([...more, ...help], textColumn)];
}

/** Returns `1 failure and 2 warnings.` */
export function verdictText(checks: readonly Check[]): string {
  const amount = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const [failures, warnings] = [amount("failure"), amount("warning")];
  const parts = [
    ...(failures === 0 ? [] : [count(failures, "failure")]),
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
  ];
  return worstStatus(checks) === "ok"
    ? `All ${count(checks.length, "check")} passed.`
    : `${parts.join(" and ")}.`;
}
