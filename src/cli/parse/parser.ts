import type { Argv } from "yargs";
import yargs from "yargs";
import type { Command, CommandEntry } from "../command.js";
import { globalOptions } from "./options.js";
import type { OptionSpec } from "./option-table.js";
import { toYargsOptions } from "./option-table.js";
import { findHint } from "./other-tools.js";
import { checkWords, checkValues } from "./usage-checks.js";
import { UsageError } from "./usage-error.js";

/** Receives the command of a command line with its parsed arguments. */
export type Run = (command: Command<never>, args: object) => Promise<void>;

/**
 * Parses a command line and runs its command. Only the module of that command is loaded.
 *
 * @throws UsageError for a command line that can't be understood; and whatever `run` throws
 */
export async function parse(
  written: readonly string[],
  commands: readonly CommandEntry[],
  run: Run,
): Promise<void> {
  const words = await withSeparateFiles(written, commands);
  const parser = yargs([]).options(toYargsOptions(globalOptions));
  for (const entry of commands) addCommand(parser, entry, { words, commands }, run);
  await parser
    .strict()
    .strictCommands()
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
    .parseAsync(withDashes(words));
}

/** Writes `-fFILE` as `-f=FILE`. An option behind one dash, such as `-force`, stays as it is: it gets a suggestion. */
async function withSeparateFiles(
  words: readonly string[],
  commands: readonly CommandEntry[],
): Promise<readonly string[]> {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const isJoined = (word: string, at: number): boolean => at < end && /^-f[^=]/.test(word);
  if (!words.some(isJoined)) return words;
  const name = words.find((word) => !word.startsWith("-"));
  const command = await commands.find((entry) => entry.name === name)?.load();
  return words.map((word, at) =>
    isJoined(word, at) &&
    !Object.hasOwn(command?.options ?? {}, word.slice(1)) &&
    findHint(word) === undefined
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

/** A command line, and the commands that it may name. */
interface Line {
  readonly words: readonly string[];
  readonly commands: readonly CommandEntry[];
}

function addCommand(parser: Argv, entry: CommandEntry, { words, commands }: Line, run: Run): void {
  const { name, signature, summary, load } = entry;
  let command: Command<never>;
  parser.command({
    // Missing arguments are found by checkValues, which can say what they are.
    command: signature.replaceAll(/<([^>]+)>/g, "[$1]"),
    describe: summary,
    async builder(sub: Argv) {
      command = await load();
      await checkWords(words.slice(words.indexOf(name) + 1), {
        name: `chatform ${name}`,
        positionals: command.positionals ?? {},
        options: { ...command.options, ...globalOptions },
        findCommandsWith: (option) => findCommandsWith(option, commands),
      });
      for (const [argument, { type, describe, isRepeatable, ...rest }] of Object.entries<OptionSpec>(
        command.positionals ?? {},
      ))
        sub.positional(argument, {
          type,
          describe,
          array: isRepeatable === true,
          ...("default" in rest ? { default: rest.default } : {}),
        });
      return sub.options(toYargsOptions(command.options));
    },
    async handler(args) {
      const tables = {
        positionals: command.positionals ?? {},
        options: { ...command.options, ...globalOptions },
      };
      checkValues(args, `chatform ${name}`, tables);
      await run(command, args);
    },
  });
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
