import type { Argv } from "yargs";
import yargs from "yargs";
import type { Command, CommandEntry } from "../command.js";
import type { OptionInfo } from "./option-info.js";
import { optionsOf } from "./option-info.js";
import { checkValues, checkWords, usageError } from "./usage.js";

/** What every command takes. */
export interface GlobalArgs {
  readonly color: boolean;
  readonly debug: boolean;
  readonly input: boolean;
  /** Undefined: not said. */
  readonly annotations?: boolean;
}

/** A command of the registry, loaded. */
export interface Loaded {
  readonly entry: CommandEntry;
  readonly command: Command<never>;
}

/**
 * Parses a command line.
 *
 * @returns the arguments for the command
 * @throws UsageError for what the command does not take
 */
export async function parse(words: readonly string[], { entry, command }: Loaded): Promise<object> {
  let options: readonly OptionInfo[] = [];
  const problems: string[] = [];
  const result: unknown = await globalOptions(yargs([]))
    .command(entry.signature, entry.summary, (sub) => {
      const configured = command.options(sub) as Argv;
      options = optionsOf(configured);
      checkWords(words, options);
      // yargs lays out its own help for every command line, which nobody sees and which takes as long as all the rest.
      for (const { name } of options) configured.hide(name);
      return configured;
    })
    .fail((message, error) => {
      problems.push(message === "" ? error.message : message);
    })
    .parseAsync([...words]);
  const [problem] = problems;
  if (problem !== undefined) throw usageError(problem, entry, options, words);
  checkValues(result as Readonly<Record<string, unknown>>, options);
  return result as object;
}

/** A parser with the options that every command takes. Help is a text of ours: see help.ts. */
export function globalOptions(parser: Argv): Argv {
  return parser
    .option("color", {
      type: "boolean",
      default: true,
      describe: "Colours; NO_COLOR turns them off too",
    })
    .option("debug", {
      type: "boolean",
      default: false,
      describe: "Log every request to stderr, without secrets",
    })
    .option("input", {
      type: "boolean",
      default: true,
      describe: "May ask questions; --input=false never does",
    })
    .option("annotations", {
      type: "boolean",
      describe: "Show problems at their lines in GitHub's pull requests; default: in its workflows",
    })
    .version(false)
    .help(false)
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration({
      "strip-aliased": true,
      "duplicate-arguments-array": true,
      "camel-case-expansion": false,
    });
}
