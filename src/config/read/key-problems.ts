import { isForbiddenName } from "../names.js";
import type { Problem } from "../problem.js";
import { findLookAlikeInKey } from "./look-alikes.js";
import * as problems from "./value-messages.js";

/** A problem of a name that is a key. */
export interface KeyProblem {
  readonly problem: Problem;
  /** Offset of the one character that the problem is about. Missing: the whole key. */
  readonly at?: number;
}

/** Finds why a name cannot be a key. @param isPlain true for a key without quotes and tag */
export function findKeyProblem(name: string, isPlain: boolean): KeyProblem | undefined {
  const lookAlike = isPlain ? findLookAlikeInKey(name) : undefined;
  if (lookAlike !== undefined) return lookAlike;
  if (name === "<<") return { problem: problems.mergeKey };
  return isForbiddenName(name) ? { problem: problems.forbiddenKey(name) } : undefined;
}

/** Returns true for a key on the line of the value before. The parser (js-yaml 5.5) accepts `- 'a'b: c` below a key. */
export function isBehindValue(text: string, key: number, endBefore: number): boolean {
  return text.lastIndexOf("\n", key - 1) < endBefore - 1 && !text.slice(endBefore - 1, key).includes("\r");
}
