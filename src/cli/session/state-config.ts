import { resolve } from "node:path";
import { findConfigs } from "../../config/files/folder.js";
import { defaultConfigFile } from "../../config/files/recognize.js";
import { loadState } from "../../config/load-state.js";
import type { StateDeclaration } from "../../config/state-declaration.js";
import { toStateDeclaration } from "../../config/state-declaration.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { fileExists } from "../../core/file-exists.js";
import { defaultStateFile } from "../../core/state/default-state-file.js";
import type { Context } from "../context.js";
import { maskVariables, toLoadOptions } from "./load-config.js";
import type { FileArgs } from "../parse/options.js";

/**
 * Reads the config's `state:`, for a command that needs nothing else of the config. Returns the default with --state (the config is
 * not read then), and where the working directory has no config.
 *
 * @param folder of the state where no config is found
 * @throws DiagnosticsError with the problems that concern the state
 */
export async function readStateConfig(
  args: FileArgs & { readonly state?: string },
  context: Context,
  folder = ".",
): Promise<StateDeclaration> {
  if (args.state !== undefined || (await isWithoutConfig(args, context)))
    return toStateDeclaration({}, folder);
  const { state, diagnostics, sensitivity } = await loadState(toLoadOptions(args, context));
  maskVariables(sensitivity, context);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return state;
}

async function isWithoutConfig({ file }: FileArgs, { cwd }: Context): Promise<boolean> {
  const [only, ...others] = file;
  if (only !== defaultConfigFile || others.length > 0 || (await fileExists(resolve(cwd, only)))) return false;
  return (await fileExists(resolve(cwd, defaultStateFile))) || (await findConfigs(cwd)).length === 0;
}
