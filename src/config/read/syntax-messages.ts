/** What the parser says of a mistake. */
export interface Found {
  readonly code: string;
  readonly message: string;
  /** From and to, in `text`. */
  readonly pos: readonly [number, number];
  /** The whole file. */
  readonly text: string;
  /** Whether it is within brackets. */
  readonly isFlow: boolean;
}

/** What we say of it. */
export interface Saying {
  /** `yaml-syntax` if not given. */
  readonly code?: string;
  readonly summary?: string;
  readonly detail: string;
  readonly help: string;
  /** From and to, in the file. */
  readonly at: readonly [number, number];
  /** Whether the rest of the file was understood all the same. */
  readonly isLocal?: true;
}

const keyHelp = "Write key: value, with a colon and a space between.";

/**
 * Puts a mistake into words for people who don't know the parser's.
 *
 * @param opening where the quote or bracket stands that was not closed
 * @returns undefined where it is none for us
 */
export function sayingFor(found: Found, opening: number | undefined): Saying | undefined {
  if (opening !== undefined) return unclosed(found, opening);
  switch (found.code) {
    case "MULTIPLE_DOCS":
      return {
        code: "several-documents",
        summary: "Several documents in one file",
        detail: "A second document begins here (---).",
        help: "Put each into a file of its own.",
        at: found.pos,
      };
    case "TAG_RESOLVE_FAILED":
      return badTag(tokenAt(found), found.pos);
    case "BAD_INDENT":
      return indentation(found);
    case "TAB_AS_INDENT":
      return {
        detail: "This line is indented with a tab.",
        help: "Indent with spaces: YAML takes no tabs.",
        at: found.pos,
      };
    case "BAD_DQ_ESCAPE":
      return badEscape(found);
    case "BAD_SCALAR_START":
      return {
        detail: `Text can't begin with ${tokenAt(found).slice(0, 1)} unless it is in quotes.`,
        help: "Put the text in quotes.",
        at: found.pos,
        isLocal: true,
      };
    case "MULTILINE_IMPLICIT_KEY":
    case "BLOCK_IN_FLOW":
      return found.isFlow
        ? missingComma("A comma is missing here.", [firstLine(found)[1], firstLine(found)[1]])
        : { ...noKey, at: firstLine(found) };
    case "BLOCK_AS_IMPLICIT_KEY":
      return {
        detail: "Within text, a colon and a space look like another key.",
        help: "Put the text in quotes; or begin a new line, further to the right, for the key.",
        at: restOfLine(found),
      };
    case "MISSING_CHAR":
      return missingCharacter(found);
    case "UNEXPECTED_TOKEN":
      return unexpected(found);
    default:
      return asTheParserSays(found);
  }
}

/** A tag that means nothing to us, or nothing good; or that its value belies. */
export function badTag(tag: string, at: readonly [number, number]): Saying {
  if (/^!!(?:str|int|float|bool|null|map|seq)$/.test(tag)) {
    const help = "A desired state needs no tags: remove it.";
    return { detail: `What stands behind ${tag} is of another type.`, help, at, isLocal: true };
  }
  return {
    code: "unknown-tag",
    summary: "Unknown YAML tag",
    detail: `The tag ${tag} is not known.`,
    help: "A desired state needs no tags: remove it.",
    at,
    isLocal: true,
  };
}

const noKey = { detail: "This is not a key with a value.", help: keyHelp };

function unclosed({ text }: Found, opening: number): Saying {
  const open = text.slice(opening, opening + 1);
  const close = open === "[" ? "]" : open === "{" ? "}" : open;
  const what = close === open ? "quote" : "bracket";
  return {
    detail: `This ${what} is not closed, or what it holds is not indented enough.`,
    help: `Close it with ${close} where it ends.`,
    at: [opening, opening + 1],
  };
}

function indentation(found: Found): Saying | undefined {
  // A bracket that closes in the column of its key: every reader understands it.
  if (found.message.startsWith("Flow end indicator")) return undefined;
  const [start] = found.pos;
  const spaces = /^[ \t]*/.exec(found.text.slice(start))?.[0].length ?? 0;
  return {
    detail: "This line is indented differently from the others of its block.",
    help: "Let it begin in the same column as its neighbours.",
    at: restOfLine({ ...found, pos: [start + spaces, start + spaces] }),
  };
}

function badEscape({ text, pos: [start, end] }: Found): Saying {
  const escape = text.slice(start, Math.max(end, start + 2));
  return {
    detail: `${escape} means nothing in double quotes.`,
    help: "For a backslash itself write \\\\, or put the text in single quotes.",
    at: [start, start + escape.length],
    isLocal: true,
  };
}

function missingComma(detail: string, at: readonly [number, number]): Saying {
  return { detail, help: "Write a comma between the items. Text that holds : or # needs quotes.", at };
}

function missingCharacter(found: Found): Saying {
  const variable = variableAt(found);
  if (variable !== undefined) return variable;
  if (found.message.startsWith("Missing ,"))
    return missingComma("A comma is missing before this.", found.pos);
  if (found.message.startsWith("Implicit map keys")) return { ...noKey, at: found.pos };
  return asTheParserSays(found);
}

/** `[${var:NAME}]`: within brackets the brace of a reference begins a block. */
function variableAt({ text, pos: [start] }: Found): Saying | undefined {
  if (text.slice(start - 1, start + 1) !== "${") return undefined;
  const from = text.slice(start - 2, start) === "$$" ? start - 2 : start - 1;
  const reference = /^\$+\{[^}\n]*\}?/.exec(text.slice(from))?.[0] ?? "${";
  const to = from + reference.length;
  // Text around it belongs to the same value, a name before it does not.
  const before =
    /[^"'[\]{},\n]*$/
      .exec(text.slice(0, from))?.[0]
      .replace(/^.*:\s+/, "")
      .trimStart() ?? "";
  const after = /^[^"'[\]{},\n]*/.exec(text.slice(to))?.[0].trimEnd() ?? "";
  return {
    detail: "Within [ ] or { }, a reference to a variable needs quotes.",
    help: `Write "${before}${reference}${after}".`,
    at: [from, to],
  };
}

function unexpected(found: Found): Saying {
  const { message, pos } = found;
  const variable = variableAt(found);
  if (variable !== undefined) return variable;
  const bracket = /^Unexpected flow-(?:map|seq)-end/.test(message) ? tokenAt(found).slice(0, 1) : undefined;
  if (bracket !== undefined)
    return { detail: `This ${bracket} closes nothing.`, help: "Remove it, or open it before.", at: pos };
  const isFirst = /(?:^|\n)[ \t]*$/.test(found.text.slice(Math.max(0, pos[0] - 200), pos[0]));
  if (goesOn(message) || (isFirst && message.endsWith("at node end"))) {
    const help = "Let it begin in the same column as the lines above, or close what is open there.";
    return { detail: "This does not belong to what stands above it.", help, at: restOfLine(found) };
  }
  if (/^Unexpected (?:double-quoted-|single-quoted-)?scalar at node end/.test(message)) {
    const help = found.text.slice(0, pos[0]).endsWith("'")
      ? "Within single quotes, a quote itself is written twice: ''."
      : "Put all of it into one pair of quotes, or remove the rest.";
    return { detail: "There is more text behind the value's end.", help, at: restOfLine(found) };
  }
  if (message.startsWith("Block scalar header")) {
    const help = "Begin the text in the next line, indented further than its key.";
    return { detail: "No text can stand in the line of | or >.", help, at: restOfLine(found) };
  }
  if (message.startsWith("Unexpected block-seq-ind")) {
    const help = "Begin the list in the next line, or write [one, two].";
    return { detail: "A list with hyphens can't begin in the line of its key.", help, at: restOfLine(found) };
  }
  return asTheParserSays(found);
}

/** Whether the parser says that it had taken the file for ended. From there on it says so of every line. */
export function goesOn(message: string): boolean {
  return /^Unexpected \S+ token in YAML stream/.test(message);
}

function asTheParserSays({ message, pos }: Found): Saying {
  return {
    detail: message.replace(/\s*\n[\s\S]*$/, "").replace(/\.?$/, "."),
    help: "Check the quotes, brackets and colons at this place and before it.",
    at: pos,
  };
}

function firstLine({ text, pos: [start, end] }: Found): readonly [number, number] {
  const lineEnd = text.slice(start, end).search(/\s*\n/);
  return [start, lineEnd < 0 ? end : start + lineEnd];
}

/** To the end of the line, without a comment. */
function restOfLine({ text, pos: [start] }: Found): readonly [number, number] {
  const lineEnd = text.indexOf("\n", start);
  const rest = text.slice(start, lineEnd < 0 ? undefined : lineEnd).replace(/\s+#.*$|\s+$/, "");
  return [start, start + rest.length];
}

/** The word at a place. */
function tokenAt({ text, pos: [start] }: Found): string {
  return /^\S*/.exec(text.slice(start, start + 200))?.[0] ?? "";
}
