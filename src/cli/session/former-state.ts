import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defaultConfigFile } from "../../core/default-files.js";
import type { StateDeclaration } from "../../config/state-declaration.js";
import { fileExists } from "../../core/file-exists.js";
import { shellWord } from "../../core/shell-word.js";
import { StateError } from "../../state/errors.js";
import type { Context } from "../context.js";
import { writeNote } from "../output/note.js";

/**
 * Checks that a local state is not in the working directory, where earlier versions kept it: a new state would be made, and with it
 * every room again.
 *
 * @throws StateError state-elsewhere
 */
export async function checkFormerPlace(
  { config, declaredPath: former }: StateDeclaration,
  context: Pick<Context, "cwd" | "stderr">,
): Promise<void> {
  const { cwd } = context;
  const path = config["path"];
  if (former === undefined || typeof path !== "string") return;
  const [before, now] = [resolve(cwd, former), resolve(cwd, path)];
  if (before === now || !(await hasState(before))) return;
  if (!(await hasState(now))) throw await elsewhereError(former, path, cwd);
  // A config in the working directory has its own state there.
  const isExplained = await fileExists(resolve(cwd, defaultConfigFile));
  if (!isExplained && (await realPath(before)) !== (await realPath(now)))
    writeNote(`The state is ${path}. ${former} in the working directory is not used.`, context);
}

/**
 * Checks, where a server has no state yet, that the config has no local state from before it declared the server: without that
 * state, every room would be made again.
 *
 * @param location of the state on the server
 * @throws StateError state-elsewhere
 */
export async function checkPushed(
  { pathBefore }: StateDeclaration,
  location: string,
  { cwd }: Pick<Context, "cwd">,
): Promise<void> {
  if (pathBefore === undefined || !(await hasState(resolve(cwd, pathBefore)))) return;
  const pull = `chatform state pull --state ${shellWord(pathBefore)} > local.state.json`;
  throw new StateError({
    code: "state-elsewhere",
    location,
    detail: `There is no state at ${location} yet, but a local one: ${pathBefore}.`,
    help: `If that state belongs to another config, move the file away. Otherwise push it: ${pull} && chatform state push local.state.json`,
  });
}

/** Returns true if a state is there, or the journal of a run that was killed before it wrote the state. */
async function hasState(path: string): Promise<boolean> {
  return (await fileExists(path)) || fileExists(`${path}.journal`);
}

function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function elsewhereError(former: string, path: string, cwd: string): Promise<StateError> {
  const files: string[] = [];
  for (const file of [former, `${former}.journal`, `${former}.backup`])
    if (await fileExists(resolve(cwd, file))) files.push(file);
  const folder = dirname(path);
  const move = ["mv", ...files, folder].map(shellWord).join(" ");
  const makeFolder = (await fileExists(resolve(cwd, folder))) ? "" : `mkdir -p ${shellWord(folder)} && `;
  return new StateError({
    code: "state-elsewhere",
    location: path,
    detail: `There is no state at ${path}, but one in the working directory, where earlier versions of chatform kept it: ${former}.`,
    help: `If that state belongs to another config, name the new one once: --state ${shellWord(path)}. Otherwise move it: ${makeFolder}${move}`,
  });
}
