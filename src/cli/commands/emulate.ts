import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { parse, stringify } from "yaml";
import {
  defaultSeed,
  parseFaults,
  parseSeed,
  parseVariants,
  SeedError,
  startEmulator,
} from "../../emulator/index.js";
import type { Emulator, EmulatorOptions } from "../../emulator/index.js";
import type { Argv } from "yargs";
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { reasonOf } from "../output/errors.js";
import { checkWhole } from "../parse/options.js";
import { UsageError } from "../parse/usage-error.js";

export interface EmulateArguments {
  /** 0: a free one. */
  readonly port: number;
  /** The org to start with: OrgSeed as YAML or JSON. */
  readonly seed?: string | undefined;
  /** Where to write the org when it stops: JSON where the name ends so, else YAML. */
  readonly dump?: string | undefined;
  /** Requests a minute of each token; 0: no limit. */
  readonly "rate-limit": number;
  /** Seconds that the minute of the rate limit lasts. */
  readonly minute: number;
  /** Milliseconds before each answer. */
  readonly latency: number;
  /** `name=value` each. */
  readonly variant: readonly string[];
  /** FaultRules as YAML or JSON. */
  readonly faults?: string | undefined;
  /** E-mail or id of the user whose token the environment holds. */
  readonly user?: string | undefined;
  /** Names in the Host header to answer to, beside those of loopback. */
  readonly "allow-host"?: readonly string[];
}

/**
 * Runs the emulator until it is told to stop, after printing the environment that makes chatform use it.
 *
 * @throws SeedError for a file that can't be read or is wrong, an unknown user or variant, and a port that is taken.
 */
export async function emulate(args: EmulateArguments, context: Context): Promise<ExitCode> {
  const emulator = await begin(await optionsOf(args, context));
  try {
    context.stdout.write(greeting(emulator));
    if (!context.stop.aborted) await once(context.stop, "abort");
    if (args.dump !== undefined) await writeDump(emulator, resolve(context.cwd, args.dump));
  } finally {
    await emulator.close();
  }
  return 0;
}

async function optionsOf(args: EmulateArguments, context: Context): Promise<EmulatorOptions> {
  checkWhole("--port", args.port, 0, 65_535);
  if (!(args.minute > 0)) throw new UsageError("--minute has to be more than 0.");
  const seed = args.seed === undefined ? defaultSeed : parseSeed(await readData(context, args.seed));
  const faults = args.faults === undefined ? [] : parseFaults(await readData(context, args.faults));
  return {
    port: args.port,
    allowedHosts: args["allow-host"] ?? [],
    seed,
    faults,
    latencyMs: args.latency,
    variants: parseVariants(args.variant),
    ...(args["rate-limit"] > 0 && {
      rateLimit: { perMinute: args["rate-limit"], minuteMs: args.minute * 1000 },
    }),
    ...(args.user !== undefined && { actingUser: args.user }),
  };
}

async function readData(context: Context, file: string): Promise<unknown> {
  try {
    const text = await readFile(resolve(context.cwd, file), "utf8");
    // The org of a test may be large, and the parser of JSON is many times faster.
    return extname(file) === ".json" ? (JSON.parse(text) as unknown) : (parse(text) as unknown);
  } catch (error) {
    throw new SeedError(`${file}: ${reasonOf(error)}`, { cause: error });
  }
}

async function begin(options: EmulatorOptions): Promise<Emulator> {
  try {
    return await startEmulator(options);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") throw error;
    throw new SeedError(`Port ${options.port ?? 0} is taken. Give another one with --port.`, {
      cause: error,
    });
  }
}

async function writeDump(emulator: Emulator, file: string): Promise<void> {
  const org = emulator.dump();
  const isJson = extname(file) === ".json";
  await writeFile(
    file,
    isJson ? `${JSON.stringify(org, undefined, 2)}\n` : stringify(org, { aliasDuplicateObjects: false }),
  );
}

/** Can be pasted into a shell as it is. */
function greeting(emulator: Emulator): string {
  const exports = Object.entries(emulator.env).map(([name, value]) => `export ${name}='${value}'`);
  return [
    `# A Genesys Cloud chat API is running on ${emulator.url}. To use it, paste this into another terminal:`,
    ...exports,
    `# What it was asked: ${emulator.url}/_emulator/requests. Stop it with Ctrl-C.`,
    "",
  ].join("\n");
}

export const emulateCommand: Command<EmulateArguments> = {
  usage:
    "Runs a local Genesys Cloud chat API until it is stopped, and prints the environment that\nmakes chatform use it.\n\nUsage: $0 emulate [options]",
  examples: [
    ["$0 emulate --port 8080 --user jane.doe@example.com", "an org to try things on"],
    ["$0 emulate --variant creatorJoins=false", "a service that does not join creators"],
  ],
  options: (yargs: Argv) =>
    yargs
      .option("port", { type: "number", default: 0, requiresArg: true, describe: "Port; 0 takes a free one" })
      .option("seed", {
        type: "string",
        requiresArg: true,
        describe: "YAML or JSON file: the org to start with",
      })
      .option("dump", { type: "string", requiresArg: true, describe: "Write the org here when it stops" })
      .option("user", {
        type: "string",
        requiresArg: true,
        describe: "Give this user's token instead of a client's",
      })
      .option("rate-limit", {
        type: "number",
        default: 300,
        requiresArg: true,
        describe: "Requests a minute; 0: none",
      })
      .option("minute", {
        type: "number",
        default: 60,
        requiresArg: true,
        describe: "Seconds that the rate limit's minute lasts",
      })
      .option("latency", {
        type: "number",
        default: 0,
        requiresArg: true,
        describe: "Milliseconds before each answer",
      })
      .option("variant", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        requiresArg: true,
        describe: "How the service answers; repeatable",
      })
      .option("allow-host", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        requiresArg: true,
        describe: "A name in the Host header to answer to; repeatable",
      })
      .option("faults", { type: "string", requiresArg: true, describe: "YAML or JSON file of faults" }),
  async run(args, context) {
    try {
      return await emulate(args, context);
    } catch (error) {
      throw error instanceof SeedError ? new UsageError(error.message, { cause: error }) : error;
    }
  },
};
