import { resolve } from "node:path";
import { findConfigs } from "../../config/files/folder.js";
import { loadState } from "../../config/load-state.js";
import { toStateDeclaration } from "../../config/state-declaration.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { fileExists } from "../../core/file-exists.js";
import { defaultConfigFile, defaultStateFile } from "../../core/default-files.js";
import type { Context } from "../context.js";
import { chosenEnvironment } from "./chosen-environment.js";
import { maskVariables, toLoadOptions } from "./load-config.js";
import type { FileArgs } from "../parse/options.js";
import type { SessionConfig } from "./session.js";

/**
 * Reads the config's `state:` and environment, for a command that needs nothing else of the config. Returns the default with --state
 * (the config is read then only for --env), and where the working directory has no config.
 *
 * @param folder of the state where no config is found
 * @throws DiagnosticsError with the problems that concern the state
 */
export async function readStateConfig(
  args: FileArgs & { readonly state?: string },
  context: Context,
  folder = ".",
): Promise<SessionConfig> {
  const isUnread = args.state !== undefined || (await isWithoutConfig(args, context));
  if (isUnread && chosenEnvironment(args, context) === undefined)
    return { state: toStateDeclaration({}, folder) };
  const { diagnostics, sensitivity, ...config } = await loadState(toLoadOptions(args, context));
  maskVariables(sensitivity, context);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
  return config;
}

async function isWithoutConfig({ file }: FileArgs, { cwd }: Context): Promise<boolean> {
  const [only, ...others] = file;
  if (only !== defaultConfigFile || others.length > 0 || (await fileExists(resolve(cwd, only)))) return false;
  return (await fileExists(resolve(cwd, defaultStateFile))) || (await findConfigs(cwd)).length === 0;
}
