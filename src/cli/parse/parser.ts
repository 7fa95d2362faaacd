import yargs from "yargs";
import type { CommandEntry } from "../command.js";
import { globalOptions } from "./options.js";
import type { OptionTable } from "./option-table.js";
import { toYargsOptions, toYargsPositional } from "./option-table.js";
import { findHint } from "./other-tools.js";
import { checkWords, checkValues } from "./usage-checks.js";
import { UsageError } from "./usage-error.js";

/**
 * Parses the command line of a command. Only the module of that command is loaded.
 *
 * @param written the words after the program's name, with the command's name
 * @param commands all commands, for usage errors
 * @returns the arguments by their names in the command's tables
 * @throws UsageError for a command line that can't be understood
 */
export async function parse(
  written: readonly string[],
  { name, signature, load }: CommandEntry,
  commands: readonly CommandEntry[],
): Promise<object> {
  const { options: own, positionals = {} } = await load();
  const options = { ...own, ...globalOptions };
  const words = withSeparateFiles(written, options);
  const at = words.indexOf(name);
  const program = `chatform ${name}`;
  await checkWords(words.slice(at + 1), {
    name: program,
    positionals,
    options,
    findCommandsWith: (option) => findCommandsWith(option, commands),
  });
  const args = yargs([])
    // The default command of yargs: it renders its help before it runs any other.
    // Missing arguments are found by checkValues, which can say what they are.
    .command(signature.replace(name, "$0").replaceAll(/<([^>]+)>/g, "[$1]"), "", (command) => {
      for (const [argument, spec] of Object.entries(positionals))
        command.positional(argument, toYargsPositional(spec));
    })
    .options(toYargsOptions(options))
    .strict()
    .version(false)
    // Help is a text of ours: docs/decisions/0007-our-own-help.md.
    .help(false)
    .exitProcess(false)
    .fail((message, error?: Error) => {
      throw error ?? new UsageError(message);
    })
    .parserConfiguration({
      "strip-aliased": true,
      "duplicate-arguments-array": true,
      "camel-case-expansion": false,
    })
    .parseSync(withDashes(words.toSpliced(at, 1)));
  checkValues(args, program, { positionals, options });
  return args;
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

/** Writes `-f -` as `-f=-`: yargs takes a lone dash for no value of a repeatable option. */
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
