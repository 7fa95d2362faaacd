import type { CST } from "yaml";
import { Lexer, Parser } from "yaml";
import { maxDepth } from "../depth.js";

/** A text's tokens, or the offset at which the text is nested too deeply. */
export type Tokens =
  | { readonly tokens: readonly CST.Token[]; readonly deep?: never }
  | { readonly tokens?: never; readonly deep: number };

/**
 * Returns the tokens of a text, if it is not nested more deeply than `maxDepth`. The depth is checked while the tokens are
 * made: the parser and all that walks its tokens descend by recursion, and the depth at which the stack overflows differs
 * from run to run.
 */
export function toTokens(text: string): Tokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // The lowest entry of the stack is the document.
    const deep = parser.stack[maxDepth + 1];
    if (deep !== undefined && "offset" in deep) return { deep: deep.offset };
  }
  return { tokens: [...tokens, ...parser.end()] };
}
