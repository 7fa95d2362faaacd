import type { Loaded } from "../../config/load.js";
import { loadDesired } from "../../config/load.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { kinds } from "../../resources/index.js";
import type { Context } from "../context.js";
import type { FileArgs } from "../parse/options.js";

/** Reads the desired state. What is wrong with it is in its diagnostics. */
export async function readConfig(args: FileArgs, { cwd, env }: Context): Promise<Loaded> {
  return loadDesired({ paths: args.file, vars: args.var, varFiles: args["var-file"], env, cwd, kinds });
}

/** Reads the desired state. @throws DiagnosticsError with all that is wrong in it */
export async function loadConfig(args: FileArgs, context: Context): Promise<Loaded> {
  const loaded = await readConfig(args, context);
  if (loaded.diagnostics.some(({ severity }) => severity === "error"))
    throw new DiagnosticsError(loaded.diagnostics);
  return loaded;
}
