import type { Plan } from "../../core/plan/plan.js";
import { safeLine } from "../../core/safe-text.js";
import { getMoves, withoutFollowers } from "../../core/state/state-moves.js";
import { namedAddress } from "../../core/people/named-address.js";
import type { Line } from "../text/line.js";
import { indented, line } from "../text/line.js";
import { count } from "../text/terminal.js";

/** More moves than this are counted. */
const maxShown = 100;

/** Returns a line for each renamed address, in Terraform's words. Messages and pins that follow their room are left out. */
export function moveLines({ findings, people }: Plan, full: boolean): readonly Line[] {
  const moves = withoutFollowers(getMoves(findings));
  const shown = full ? moves : moves.slice(0, maxShown);
  const more = moves.length - shown.length;
  return indented(
    [
      ...shown.map(({ from, to }) =>
        line("# ", ["bold", namedAddress(from, people)], " has moved to ", ["bold", safeLine(to)]),
      ),
      ...(more === 0
        ? []
        : [line(`# ${count(more, "more address has", "more addresses have")} moved (--full shows each)`)]),
    ],
    2,
  );
}
