import type { Argv } from "yargs";
import yargs from "yargs";
import { nearest } from "../core/nearest.js";
import { VERSION } from "../core/version.js";
import type { Command, CommandEntry } from "./command.js";
import type { Context, ExitCode } from "./context.js";
import { showError } from "./errors.js";
import { commands } from "./registry.js";
import { UsageError } from "./usage-error.js";

/** What every command takes. */
export interface GlobalArgs {
  readonly color: boolean;
  readonly debug: boolean;
  readonly input: boolean;
}

/**
 * Runs a command line.
 *
 * @param argv behind the program's name
 * @returns the exit code; problems have been shown on stderr
 */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const args = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const entry = commands.find(({ name }) => name === args.find((arg) => !arg.startsWith("-")));
  try {
    if (args.length === 0) {
      context.stdout.write(firstSteps);
      return 0;
    }
    const command = await entry?.load();
    const parsed = await parse(args, entry, command, context);
    if (parsed === undefined) return 0;
    return await (command as Command<object>).run(parsed, context);
  } catch (error) {
    return showError(error, context, args.includes("--debug"));
  }
}

/** @returns undefined when help was shown instead */
async function parse(
  args: readonly string[],
  entry: CommandEntry | undefined,
  command: Command<never> | undefined,
  context: Context,
): Promise<object | undefined> {
  let shown = "";
  const parser = globalOptions(yargs([]), context);
  for (const { name, signature, summary } of commands) {
    const selected = name === entry?.name && command !== undefined ? command : undefined;
    parser.command(signature, summary, (sub) => (selected === undefined ? sub : withOptions(sub, selected)));
  }
  const problems: string[] = [];
  const result: unknown = await parser
    .fail((message, error) => {
      problems.push(message === "" ? error.message : message);
    })
    .parseAsync([...args], {}, (_error: unknown, _argv: unknown, output: string) => {
      shown = output;
    });
  if (entry === undefined && !args.includes("--help")) throw unknownCommand(args);
  const [problem] = problems;
  if (problem !== undefined) throw usageError(problem, entry);
  if (shown !== "") {
    context.stdout.write(`${shown}\n`);
    return undefined;
  }
  return result as object;
}

function globalOptions(parser: Argv, { stdout }: Context): Argv {
  return parser
    .scriptName("chatform")
    .usage("Terraform for Genesys Cloud's internal chat.\n\nUsage: $0 COMMAND [options]")
    .option("color", {
      type: "boolean",
      default: true,
      describe: "Colours; --no-color or NO_COLOR turns them off",
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
    .version(false)
    .help("help")
    .alias("help", "h")
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration({
      "strip-aliased": true,
      "duplicate-arguments-array": true,
      "camel-case-expansion": false,
    })
    .wrap(Math.min(100, stdout.columns ?? 80))
    .epilogue("chatform --version shows the version. Documentation: README.md");
}

function withOptions(parser: Argv, command: Command<never>): Argv {
  const configured = command.options(parser.usage(command.usage)) as Argv;
  return configured.example(command.examples.map(([line, what]) => [line, what]));
}

function unknownCommand(args: readonly string[]): UsageError {
  const name = args.find((arg) => !arg.startsWith("-"));
  if (name === undefined) return new UsageError(`Unknown option ${args[0] ?? ""}. See chatform --help.`);
  const close = nearest(
    name,
    commands.map((one) => one.name),
  );
  const hint = close === undefined ? "See chatform --help." : `Did you mean "chatform ${close}"?`;
  return new UsageError(`There is no command "${name}". ${hint}`);
}

/** yargs' words for an unknown option, with the closest one that there is. */
function usageError(message: string, entry: CommandEntry | undefined): UsageError {
  const [, unknown] = /^Unknown arguments?: ([^\s,]+)/.exec(message) ?? [];
  if (unknown === undefined)
    return new UsageError(`${message.replace(/\.?$/, ".")} See chatform ${entry?.name ?? ""} --help.`);
  return new UsageError(
    `chatform ${entry?.name ?? ""} does not know "${unknown}". See chatform ${entry?.name ?? ""} --help.`,
  );
}

const firstSteps = `chatform ${VERSION} - Terraform for Genesys Cloud's internal chat

To begin:
  chatform validate   check chatform.yaml; nothing is contacted
  chatform plan       show what would be changed, and the calls for it
  chatform apply      make the changes

chatform --help lists all commands.
`;
