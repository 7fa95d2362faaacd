import type { LeftToPerson } from "../../core/drift/audit.js";
import { groupBy } from "../../core/multimap.js";
import { safeLine } from "../../core/safe-text.js";
import type { Line } from "../text/line.js";
import { indented, line, paint, paragraph } from "../text/line.js";
import type { Styles } from "../text/terminal.js";
import { count } from "../text/terminal.js";
import { attributeName } from "../text/values.js";

/** Entries of a list that are shown before the rest is counted. */
const maxListed = 20;

/** The next step for the entries of each reason. */
const nextSteps: Readonly<Record<LeftToPerson["reason"], string>> = {
  conflict: "To apply the config: chatform plan, then apply. To keep the live value: write it in the config.",
  unknown: "Correct the config: chatform plan shows what is wrong.",
  emptied: "Check the source. If this is intended: chatform apply --allow-empty-source NAME",
  missing: "To create it again: chatform apply. To drop it from the state: chatform state forget ADDRESS",
  pending: "To apply the config: chatform plan, then apply.",
  uncertain: "To find out whether it was created: chatform plan",
};

/** Returns `subject, description: was changed in the config`. */
export function leftText({ paths, text }: Pick<LeftToPerson, "paths" | "text">): string {
  const names = paths.map(attributeName).join(", ");
  return `${names === "" ? "" : `${safeLine(names, 200)}: `}${safeLine(text, 300)}`;
}

/** Returns what is left to a person as lines: a title, then a line for each with what to do; none if nothing is left. */
export function leftLines(
  left: readonly LeftToPerson[],
  { width, full = false }: { readonly width: number; readonly full?: boolean },
): readonly Line[] {
  if (left.length === 0) return [];
  const groups = [...groupBy(left, ({ reason }) => reason)].flatMap(([reason, some]) => {
    const shown = full || some.length <= maxListed ? some : some.slice(0, maxListed - 1);
    const rest = some.length - shown.length;
    return [
      ...shown.flatMap((one) =>
        paragraph(leftText(one), {
          width,
          indent: 2,
          label: [["yellow", "?"], " ", ["bold", safeLine(one.address)]],
        }),
      ),
      ...(rest > 0 ? [line(["dim", `  … and ${count(rest, "more", "more")} (--full shows all)`])] : []),
      ...indented(paragraph(nextSteps[reason], { width: width - 4 }), 4),
    ];
  });
  return [line(["bold", "Left to you:"]), ...groups];
}

/** Returns what is left to a person as text. */
export function renderLeft(
  left: readonly LeftToPerson[],
  { style, width, full = false }: { readonly style: Styles; readonly width: number; readonly full?: boolean },
): string {
  return left.length === 0 ? "" : paint(leftLines(left, { width, full }), style);
}
