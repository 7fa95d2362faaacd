import parseWords from "yargs-parser";
import type { Command, CommandEntry } from "../command.js";
import { globalOptions } from "./options.js";
import type { OptionTable } from "./option-table.js";
import { toParserOptions } from "./option-table.js";
import { findHint } from "./other-tools.js";
import { checkValues, checkWords } from "./usage-checks.js";

/** The command of a command line, and all that there are. */
export interface Parsed {
  readonly name: string;
  readonly command: Command<never>;
  readonly commands: readonly CommandEntry[];
}

/**
 * Parses the words of a command line beside the command's name.
 *
 * @throws UsageError for a command line that can't be understood
 */
export async function parse(
  written: readonly string[],
  { name, command, commands }: Parsed,
): Promise<Readonly<Record<string, unknown>>> {
  const { positionals = {} } = command;
  const options = { ...command.options, ...globalOptions };
  const words = withSeparateFiles(written, options);
  await checkWords(words, {
    name: `chatform ${name}`,
    ...{ positionals, options },
    findCommandsWith: (option) => findCommandsWith(option, commands),
  });
  const { _: given, ...values } = parseWords(withDashes(words), toParserOptions(options));
  const args = { ...values, ...toPositionals(given.map(String), positionals) };
  checkValues(args, `chatform ${name}`, { positionals, options });
  return args;
}

/** Names the words that are no options. */
function toPositionals(given: readonly string[], table: OptionTable): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(table).flatMap<readonly [string, unknown]>(([name, spec], at) => {
      const value = spec.isRepeatable === true ? given.slice(at) : (given[at] ?? spec.default);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Writes `-fFILE` as `-f=FILE`. An option behind one dash, such as `-force`, stays as it is: it gets a suggestion. */
function withSeparateFiles(words: readonly string[], options: OptionTable): readonly string[] {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  return words.map((word, at) =>
    at < end && /^-f[^=]/.test(word) && !Object.hasOwn(options, word.slice(1)) && findHint(word) === undefined
      ? `-f=${word.slice(2)}`
      : word,
  );
}

/** Writes `-f -` as `-f=-`: the parser takes a lone dash for no value of a repeatable option. */
function withDashes(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    if (word === "-" && isFileOption(words[at - 1])) return [];
    return isFileOption(word) && words[at + 1] === "-" ? [`${word}=-`] : [word];
  });
}

function isFileOption(word: string | undefined): boolean {
  return word === "-f" || word === "--file";
}

async function findCommandsWith(
  option: string,
  commands: readonly CommandEntry[],
): Promise<readonly string[]> {
  const loaded = await Promise.all(
    commands.map(async ({ name, load }) => ({ name, options: (await load()).options })),
  );
  return loaded.flatMap(({ name, options }) => (Object.hasOwn(options, option) ? [name] : []));
}
