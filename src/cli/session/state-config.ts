import { fileExists } from "../../core/file-exists.js";
import { resolve } from "node:path";
import type { Loaded } from "../../config/load.js";
import type { Context } from "../context.js";
import { loadConfig } from "./load-config.js";
import type { FileArgs } from "../parse/options.js";

/**
 * Reads the member `state` of the config, for a command that needs nothing else of the config. Returns `{}`, the default
 * store, with --state (the config is not read then) and where the default config file does not exist.
 *
 * @throws DiagnosticsError with all problems of the config
 */
export async function readStateConfig(
  args: FileArgs & { readonly state?: string },
  context: Context,
): Promise<Loaded["state"]> {
  const [only, ...others] = args.file;
  const isDefault = only === "chatform.yaml" && others.length === 0;
  if (args.state !== undefined || (isDefault && !(await fileExists(resolve(context.cwd, only))))) return {};
  const { state } = await loadConfig(args, context);
  return state;
}
