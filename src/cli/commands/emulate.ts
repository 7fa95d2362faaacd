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
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { errorReason } from "../output/errors.js";
import type { ArgsOf } from "../parse/option-table.js";
import { list, number, text } from "../parse/option-table.js";
import { checkWhole } from "../parse/values.js";
import { UsageError } from "../parse/usage-error.js";

const options = {
  port: number("Port; 0: a free one", 0),
  seed: text("FILE", "YAML or JSON file with the org to start with"),
  dump: text("FILE", "Write the org to this file at the end"),
  user: text("USER", "Print a token of this user (e-mail or id) instead of a client's"),
  "rate-limit": number("Requests per minute of each token; 0: no limit", 300),
  minute: number("Seconds in a minute of the rate limit", 60),
  latency: number("Milliseconds before each response", 0),
  variant: list("NAME=VALUE", "Behavior of the service where its documentation says nothing"),
  "allow-host": list("NAME", "Another Host header to accept"),
  faults: text("FILE", "YAML or JSON file of faults"),
};

export type EmulateArguments = ArgsOf<typeof options>;

/**
 * Runs the emulator until it is told to stop, after printing the environment that makes chatform use it.
 *
 * @throws SeedError for a file that can't be read or is wrong, an unknown user or variant, and a port that is taken.
 */
export async function emulate(args: EmulateArguments, context: Context): Promise<ExitCode> {
  const emulator = await begin(await readOptions(args, context));
  try {
    // A terminal may have them from an earlier run: they are printed to be used.
    context.secrets.remove(Object.values(emulator.env));
    context.stdout.write(greeting(emulator));
    if (!context.stop.aborted) await once(context.stop, "abort");
    if (args.dump !== undefined) await writeDump(emulator, resolve(context.cwd, args.dump));
  } finally {
    await emulator.close();
  }
  return 0;
}

async function readOptions(args: EmulateArguments, context: Context): Promise<EmulatorOptions> {
  checkWhole("--port", args.port, 0, 65_535);
  if (!(args.minute > 0)) throw new UsageError("--minute takes a number above 0.");
  const seed = args.seed === undefined ? defaultSeed : parseSeed(await readData(context, args.seed));
  const faults = args.faults === undefined ? [] : parseFaults(await readData(context, args.faults));
  return {
    port: args.port,
    allowedHosts: args["allow-host"],
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
    throw new SeedError(`${file}: ${errorReason(error)}`, { cause: error });
  }
}

async function begin(options: EmulatorOptions): Promise<Emulator> {
  try {
    return await startEmulator(options);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") throw error;
    throw new SeedError(`Port ${options.port ?? 0} is in use. Choose another one with --port.`, {
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

/** Returns shell commands that set the environment variables. */
function greeting(emulator: Emulator): string {
  const exports = Object.entries(emulator.env).map(([name, value]) => `export ${name}='${value}'`);
  return [
    `# A Genesys Cloud chat API is running on ${emulator.url}. To use it, paste this into another terminal:`,
    ...exports,
    `# Requests received: ${emulator.url}/_emulator/requests. To stop: Ctrl-C.`,
    "",
  ].join("\n");
}

export const emulateCommand: Command<EmulateArguments> = {
  description:
    "Runs a local Genesys Cloud chat API until it is stopped, and prints the environment variables that make chatform use it.",
  examples: [
    ["emulate --port 8080 --user jane.doe@example.com", "an org to try things on"],
    ["emulate --variant creatorJoins=false", "a service that does not join creators"],
  ],
  options,
  async run(args, context) {
    try {
      return await emulate(args, context);
    } catch (error) {
      throw error instanceof SeedError ? new UsageError(error.message, { cause: error }) : error;
    }
  },
};
