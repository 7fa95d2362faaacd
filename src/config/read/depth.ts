import type { CST } from "yaml";
import { Lexer, Parser } from "yaml";

/** Levels of blocks and lists. A desired state needs about ten. */
export const maxDepth = 64;

/** A text's tokens; or where it is nested more deeply than `maxDepth`. */
export type Tokens =
  | { readonly tokens: readonly CST.Token[]; readonly deep?: never }
  | { readonly tokens?: never; readonly deep: number };

/**
 * The tokens of a text, as far as it is not nested too deeply. That is looked at while they are made: the parser, and all
 * that walks its tokens, goes down by recursion, and how deep that can go before the stack ends differs from run to run.
 */
export function tokensOf(text: string): Tokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    // Below them all is the document.
    const deep = parser.stack[maxDepth + 1];
    if (deep !== undefined && "offset" in deep) return { deep: deep.offset };
  }
  return { tokens: [...tokens, ...parser.end()] };
}
