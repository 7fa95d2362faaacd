import { VERSION } from "../core/version.js";
import type { Command } from "./command.js";
import type { Context, ExitCode } from "./context.js";
import { showError } from "./output/errors.js";
import { firstSteps } from "./first-steps.js";
import { parse } from "./parse/parser.js";
import { commands } from "./registry.js";
import { unknownCommand } from "./parse/usage.js";

export type { GlobalArgs } from "./parse/parser.js";

/**
 * Runs a command line.
 *
 * @param argv behind the program's name
 * @returns the exit code; problems have been shown on stderr
 */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  try {
    return await dispatch(words, context);
  } catch (error) {
    return showError(error, context, {
      debug: flag("debug", words) ?? false,
      color: flag("color", words) ?? true,
      annotations: flag("annotations", words),
    });
  }
}

/** An option that is on or off, where the command line may be too wrong to be parsed. */
function flag(name: string, words: readonly string[]): boolean | undefined {
  const spellings = new Map([
    [`--${name}`, true],
    [`--${name}=true`, true],
    [`--no-${name}`, false],
    [`--${name}=false`, false],
  ]);
  return words.map((word) => spellings.get(word)).findLast((one) => one !== undefined);
}

async function dispatch(words: readonly string[], context: Context): Promise<ExitCode> {
  const { stdout } = context;
  if (words.length === 0) {
    stdout.write(await firstSteps(context));
    return 0;
  }
  const name = words.find((word) => !word.startsWith("-"));
  const entry = commands.find((one) => one.name === name);
  const wantsHelp = words.some((word) => word === "--help" || word === "-h");
  const width = Math.max(40, Math.min(100, stdout.columns ?? 80));
  if (entry === undefined) {
    if (name !== undefined || !(wantsHelp || words.includes("--version"))) throw unknownCommand(words);
    stdout.write(wantsHelp ? (await import("./parse/help.js")).overview(width) : `${VERSION}\n`);
    return 0;
  }
  const command = await entry.load();
  if (wantsHelp) {
    stdout.write((await import("./parse/help.js")).commandHelp(entry, command, width));
    return 0;
  }
  const args = await parse(words, { entry, command });
  return (command as Command<object>).run(args, context);
}
