import type { Address } from "../../address.js";
import type { Move } from "../../state/moved-addresses.js";

/** Returns the YAML that declares moves. */
export function movedBlock(moves: readonly Move[]): string {
  return ["moved:", ...moves.map((move) => `  - ${movedItem(move)}`)].join("\n");
}

/** Returns the YAML of one move: `{ from: rooms/a, to: rooms/b }`. */
export function movedItem({ from, to }: Move): string {
  return `{ from: ${yamlText(from)}, to: ${yamlText(to)} }`;
}

/** E-mails may have characters with a meaning in YAML. */
function yamlText(address: Address): string {
  return /^\w[\w./@+-]*$/.test(address) ? address : JSON.stringify(address);
}
