import { environmentSecrets } from "../core/credentials.js";
import { VERSION } from "../core/version.js";
import type { Command, CommandEntry } from "./command.js";
import type { Context, ExitCode, Process } from "./context.js";
import { gettingStarted } from "./getting-started.js";
import { maskOutput } from "./masking/masked-output.js";
import { Secrets } from "./masking/secrets.js";
import { showError } from "./output/errors.js";
import { repeatOptions } from "./output/repeated-options.js";
import { StatusLine } from "./output/status-line.js";
import { hasTerminal } from "./output/style.js";
import { globalOptions } from "./parse/options.js";
import { parse } from "./parse/parser.js";
import { unknownCommand, unknownGlobalOption } from "./parse/usage-checks.js";
import { commands } from "./registry.js";

/**
 * Runs a command line.
 *
 * @param argv the words after the program's name
 * @returns the exit code; problems have been shown on stderr
 */
export async function run(argv: readonly string[], process: Process): Promise<ExitCode> {
  const words = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const secrets = new Secrets(environmentSecrets(process.env));
  const status = hasTerminal(process) ? new StatusLine(process.stderr) : undefined;
  const beforeOutput = (): void => status?.beforeOutput();
  const stdout = maskOutput(process.stdout, secrets, beforeOutput);
  const stderr = maskOutput(process.stderr, secrets, beforeOutput);
  const context = {
    ...process,
    secrets,
    ...(status === undefined ? {} : { status }),
    stdout: stdout.output,
    stderr: stderr.output,
    repeatOptions: (text: string) => text,
  };
  try {
    return await dispatch(words, context, stdout.isUsed);
  } catch (error) {
    return await showFailure(error, words, context, stdout.isUsed());
  } finally {
    status?.clear();
    stdout.flush();
    stderr.flush();
  }
}

/** @param isUsed true if stdout has something already: then a second document would spoil the first */
async function showFailure(
  error: unknown,
  words: readonly string[],
  context: Context,
  isUsed: boolean,
): Promise<ExitCode> {
  const command = await findEntry(words)?.load();
  const form = command?.printsEvents === true ? "event" : isUsed ? undefined : "document";
  return showError(error, context, {
    debug: findFlag("debug", words) ?? false,
    color: findFlag("color", words) ?? true,
    annotations: findFlag("annotations", words),
    jsonForm: findFlag("json", words) === true ? form : undefined,
  });
}

function findEntry(words: readonly string[]): CommandEntry | undefined {
  const name = words.find((word) => !word.startsWith("-"));
  return commands.find((one) => one.name === name);
}

/** Finds the value of a switch in a command line that may be too wrong to be parsed. */
function findFlag(name: string, words: readonly string[]): boolean | undefined {
  const spellings = new Map([
    [`--${name}`, true],
    [`--${name}=true`, true],
    [`--no-${name}`, false],
    [`--${name}=false`, false],
  ]);
  return words.map((word) => spellings.get(word)).findLast((value) => value !== undefined);
}

async function dispatch(
  words: readonly string[],
  context: Context,
  isUsed: () => boolean,
): Promise<ExitCode> {
  const { stdout } = context;
  if (words.length === 0) {
    stdout.write(await gettingStarted(context));
    return 0;
  }
  const name = words.find((word) => !word.startsWith("-"));
  const entry = findEntry(words);
  if (words.includes("--help") || words.includes("-h")) {
    if (entry !== undefined || name === undefined) {
      const { commandHelp, overview } = await import("./parse/help.js");
      const width = Math.max(40, Math.min(100, stdout.columns ?? 80));
      stdout.write(
        entry === undefined ? overview(commands, width) : commandHelp(entry, await entry.load(), width),
      );
      return 0;
    }
  } else if (name === undefined && words.includes("--version")) {
    stdout.write(`${VERSION}\n`);
    return 0;
  }
  const [first = ""] = words;
  const names = commands.map((one) => one.name);
  const isGlobal = Object.hasOwn(globalOptions, first.replaceAll(/^--(?:no-)?|=.*$/g, ""));
  if (first.startsWith("-") && (entry === undefined || !isGlobal))
    throw unknownGlobalOption(
      first,
      names.find((one) => words.includes(one)),
    );
  if (entry === undefined) throw unknownCommand(name ?? first, names);
  const args = await parse(words, entry, commands);
  const own = { ...context, repeatOptions: (text: string) => repeatOptions(text, args) };
  try {
    return await ((await entry.load()) as Command<object>).run(args, own);
  } catch (error) {
    return await showFailure(error, words, own, isUsed());
  }
}
