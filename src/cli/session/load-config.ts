import type { Loaded } from "../../config/load.js";
import { loadDesired } from "../../config/load.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { kinds } from "../../resources/index.js";
import type { Context } from "../context.js";
import type { FileArgs } from "../parse/options.js";

/** Reads the config files. Problems are in the diagnostics of the result. */
export async function readConfig(args: FileArgs, { cwd, env }: Context): Promise<Loaded> {
  return loadDesired({ paths: args.file, vars: args.var, varFiles: args["var-file"], env, cwd, kinds });
}

/** Reads the config files. @throws DiagnosticsError with all problems */
export async function loadConfig(args: FileArgs, context: Context): Promise<Loaded> {
  const loaded = await readConfig(args, context);
  if (loaded.diagnostics.some(({ severity }) => severity === "error"))
    throw new DiagnosticsError(loaded.diagnostics);
  return loaded;
}
