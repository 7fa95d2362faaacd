import { sameId } from "../../../core/jid.js";
import type { State } from "../../../core/state/state.js";
import { kinds } from "../../../resources/index.js";
import { safeLine } from "../../../core/safe-text.js";
import { shellWord } from "../../../core/shell-word.js";

const adoptable: ReadonlySet<string> = new Set(
  kinds.filter(({ plan }) => plan.adopts).map(({ name }) => name),
);

/**
 * Lists what a run has created, where the state may not have it: with the command that brings each into the state.
 *
 * @param before the state before the run
 * @param after with everything that the run knows
 * @returns "" when nothing was created
 */
export function createdIds(before: State | undefined, after: State): string {
  const created = Object.entries(after.resources)
    .filter(([address, { kind, id }]) => adoptable.has(kind) && !sameId(before?.resources[address]?.id, id))
    .map(([address, { id }]) => `  chatform import ${safeLine(shellWord(address))} ${safeLine(id)}\n`);
  const known = new Set(before?.uncertain.map(({ address }) => address));
  const uncertain = after.uncertain
    .filter(({ address }) => !known.has(address))
    .map(({ address, body }) => `  ${safeLine(address)} ${safeLine(JSON.stringify(body))}\n`);
  return [
    ...(created.length > 0 ? ["Created or adopted by this run:\n", ...created] : []),
    ...(uncertain.length > 0 ? ["Uncertain creates of this run:\n", ...uncertain] : []),
  ].join("");
}
