import { fileExists } from "../../core/file-exists.js";
import { resolve } from "node:path";
import type { Loaded } from "../../config/load.js";
import type { Context } from "../context.js";
import { loadConfig } from "./load-config.js";
import type { FileArgs } from "../parse/options.js";

/**
 * Where the files say that the state is, for a command that needs nothing else of them. `--state` goes before them: then they
 * are not read. Where the default file is not there, the answer is the default place.
 *
 * @throws DiagnosticsError with all that is wrong in the files
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
