import type { SyntaxProblem } from "./syntax-messages.js";
import { templateBraces } from "../value-messages.js";

/** The lines of files that are not YAML, or not only YAML. */
const foreign: readonly (readonly [pattern: RegExp, problem: Omit<SyntaxProblem, "at">])[] = [
  [
    /^<{7}(?: .*)?$/m,
    {
      summary: "Merge conflict",
      detail: "The file has an unresolved merge conflict of git.",
      help: "Keep one of the two sides, and remove the lines with <<<<<<<, ======= and >>>>>>>.",
    },
  ],
  [/^(?<=^\s*)```.*/, { detail: "A line with ``` belongs to Markdown.", help: "Remove the lines with ```." }],
  [
    /^[ \t]*(?:\{%|\{\{-?\s*(?:range|if|else|end|with|define|block|include|template)\b).*/m,
    {
      ...templateBraces(""),
      detail: "chatform does not replace {{ }} and {% %}.",
      help: "To write a block once for each of several rows, use forEach: [one, two].",
    },
  ],
  [
    /^\[[\w."-]+\][ \t]*$(?=\s+[\w."-]+[ \t]*=)/m,
    {
      detail: "This is a section of TOML or INI.",
      help: "Write keys with colons, and the keys of a section below it, indented: version: 1",
    },
  ],
];

/** Returns the problem of a text in the syntax of another tool, at its first line in that syntax. */
export function foreignSyntax(text: string): SyntaxProblem | undefined {
  for (const [pattern, problem] of foreign) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const start = found.index + found[0].search(/\S/);
    return { ...problem, at: [start, found.index + found[0].trimEnd().length] };
  }
  return undefined;
}

/** Returns the problem of a template, `{{ name }}`, in the line of an error. */
export function templateInLine(text: string, at: number): SyntaxProblem | undefined {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const [, before = "", template] =
    /^((?:"[^"\n]*"|'[^'\n]*'|[^"'\n])*?)(?<!\$)(\{\{.*)/.exec(text.slice(lineStart)) ?? [];
  if (template === undefined) return undefined;
  const start = lineStart + before.length;
  const written = /^\{\{.*?\}\}/.exec(template)?.[0] ?? template;
  return {
    ...templateBraces(written),
    at: [start, start + template.replace(/\s+#.*$|\s+$/, "").length],
    isLocal: true,
  };
}
