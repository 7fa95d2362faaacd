import { mkdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Api } from "../../../api/api.js";
import { readOnly } from "../../../api/read-only.js";
import { loadDesired } from "../../../config/load.js";
import { toStateDeclaration } from "../../../config/state-declaration.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { Exported } from "../../../engine/export.js";
import { exportLive } from "../../../engine/export.js";
import { withMoves } from "../../../engine/plan/moves.js";
import { cacheReads } from "../../../engine/refresh/cached-reads.js";
import { safeLine } from "../../../core/safe-text.js";
import type { State } from "../../../core/state/state.js";
import { systemClock } from "../../../core/time/clock.js";
import { kinds } from "../../../resources/index.js";
import { roomJid } from "../../../resources/names.js";
import { applyExitCode, applyPlan } from "../apply/apply-plan.js";
import { namedAddress } from "../../../core/people/named-address.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import { errorReason } from "../../output/errors.js";
import { writeNote } from "../../output/note.js";
import { exportItems } from "./export-items.js";
import { exportFiles, exportText } from "./export-text.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, list, text } from "../../parse/option-table.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions, orgOptions, refuseUnverifiedOrg, sessionOptions } from "../../parse/options.js";
import { Reports } from "../../output/reports.js";
import type { Session, SessionConfig } from "../../session/session.js";
import { makePlan, openSession, ownOrg } from "../../session/session.js";
import { readConfig } from "../../session/load-config.js";
import { showingProgress } from "../../session/progress-timer.js";
import { readStateConfig } from "../../session/state-config.js";
import type { StopSignals } from "../../session/state-lock.js";
import { withSessionLock } from "../../session/state-lock.js";
import { writePrivate } from "../../output/private-file.js";
import { UsageError } from "../../parse/usage-error.js";

const options = {
  ...fileOptions,
  ...sessionOptions,
  ...orgOptions,
  settings: flag("Export the org's settings"),
  me: flag("Export the settings of the token's user"),
  user: list("USER", "Export a user's settings, by e-mail or id"),
  room: list("JID", "Export a room by its jid"),
  mine: flag("Export all ad hoc rooms of the token's user"),
  "all-known": flag("Export everything in the state"),
  out: text("FILE", "Write to this file instead of stdout"),
  split: text("FOLDER", "Write several files into this folder"),
  adopt: flag("Record the exported objects in the state too; needs --out or --split"),
  force: flag("Overwrite existing files"),
};

type Args = ArgsOf<typeof options> & GlobalArgs;

export const exportCommand: Command<Args> = {
  description:
    "Writes the live values as a config file, the same bytes every time.\nWith --adopt, records them in the state too: the plan of the file is then empty.",
  examples: [
    ["export --settings --mine --out chatform.yaml --adopt", "start from the live values"],
    ["export --room JID", "one room, on stdout"],
    ["export --all-known --split chat/", "everything in the state, a file for each room"],
  ],
  options,
  async run(args, context): Promise<ExitCode> {
    check(args);
    if (args.out !== undefined) await refuseToOverwrite([args.out], args, context);
    const session = await openSession(args, await placeOfState(args, context), context);
    const api = cacheReads(session.api);
    if (!args.adopt) {
      try {
        return failed(await write(args, session, api, context), context);
      } finally {
        await session.close();
      }
    }
    // The state may lie in the folder that is written to.
    await makeFolder(exportFolder(args), context);
    return withSessionLock({ ...session, api }, "export", context, async (signals) => {
      const exported = await write(args, session, api, context);
      const code = await adopt(args, { ...session, api }, context, signals);
      return code === 0 ? failed(exported, context) : code;
    });
  },
};

/**
 * Returns the state's place. Settings and users need no state: then a backend that is not set up yet does not matter. A file that is
 * about to be overwritten only matters for what the state knows: afterwards it says nothing of a state.
 */
async function placeOfState(args: Args, context: Context): Promise<SessionConfig> {
  const { adopt, mine, room, out } = args;
  if (args["all-known"]) return readStateConfig(args, context);
  // Without a config, the exported one becomes the main config.
  const folder = adopt ? exportFolder(args) : ".";
  const overwritten = out !== undefined && args.file.every((file) => isSame(file, out, context.cwd));
  const isNeeded = (adopt || mine || room.length > 0) && !overwritten;
  return isNeeded ? readStateConfig(args, context, folder) : { state: toStateDeclaration({}, folder) };
}

function exportFolder({ out, split }: Args): string {
  return split ?? dirname(out ?? "");
}

async function makeFolder(folder: string, { cwd }: Context): Promise<void> {
  try {
    await mkdir(resolve(cwd, folder), { recursive: true });
  } catch (error) {
    throw new UsageError(`${folder} can't be created: ${errorReason(error)}.`);
  }
}

const isSame = (one: string, other: string, cwd: string): boolean =>
  resolve(cwd, one) === resolve(cwd, other);

function check(args: Args): void {
  const { settings, me, user, room, mine, out, split } = args;
  if (!settings && !me && !mine && !args["all-known"] && user.length === 0 && room.length === 0) {
    throw new UsageError("Choose what to export: --settings, --me, --user, --room, --mine, --all-known.");
  }
  const wrong = room.find((jid) => !new RegExp(roomJid.pattern).test(jid));
  if (wrong !== undefined)
    throw new UsageError(
      `--room takes a jid, such as adhoc-…@conference.ORG.orgspan.com, not ${JSON.stringify(wrong)}.`,
    );
  if (out !== undefined && split !== undefined) throw new UsageError("Either --out or --split.");
  if (args.adopt && out === undefined && split === undefined)
    throw new UsageError("--adopt needs --out or --split.");
}

async function write(args: Args, session: Session, api: Api, context: Context): Promise<Exported> {
  const recorded = await session.readState();
  if (args.adopt || args["all-known"]) {
    const { org } = await ownOrg({ ...session, api }, recorded, context);
    if (args.adopt) refuseUnverifiedOrg(recorded, org, args);
  }
  const state = recorded && (await withConfigAddresses(recorded, args, context));
  const service = readOnly(api);
  const kindsByName = new Map(kinds.map((kind) => [kind.name, kind]));
  const { parallelism, patienceMs } = session;
  const exported = await showingProgress(context, session.pace, async (onEvent) =>
    exportLive({
      api: service,
      kinds: kindsByName,
      items: await exportItems(service, args, state, { signal: context.stop, onEvent }),
      ...{ parallelism, patienceMs, clock: systemClock, signal: context.stop, onEvent },
    }),
  );
  const { document } = exported;
  const { split } = args;
  if (split !== undefined) {
    const files = exportFiles(document, exported, kinds).map(
      ([name, text]) => [join(split, name), text] as const,
    );
    const paths = files.map(([path]) => path);
    await refuseToOverwrite(paths, args, context);
    for (const [path, text] of files) await save(context, path, text);
  } else if (args.out !== undefined) await save(context, args.out, exportText(document, exported));
  else context.stdout.write(exportText(document, exported));
  return exported;
}

/** Returns a state with the addresses that `moved` in the config gives its rooms. A config with errors renames nothing. */
async function withConfigAddresses(state: State, args: Args, context: Context): Promise<State> {
  const { moved, diagnostics } = await readConfig(args, context);
  const isValid = diagnostics.every(({ severity }) => severity !== "error");
  return (isValid ? withMoves(state, moved).state : undefined) ?? state;
}

/** Whoever exported has edited the file since. @throws UsageError naming the files that are there */
async function refuseToOverwrite(files: readonly string[], args: Args, { cwd }: Context): Promise<void> {
  if (args.force) return;
  const found: string[] = [];
  for (const file of files) {
    if ((await stat(resolve(cwd, file)).catch(() => undefined))?.isFile() === true) found.push(file);
  }
  if (found.length === 0) return;
  const are = found.length === 1 ? "is" : "are";
  throw new UsageError(
    `${found.join(", ")} ${are} there already. Nothing was written. Give another name, or --force to overwrite.`,
  );
}

async function save(context: Context, file: string, text: string): Promise<void> {
  const { cwd, stderr } = context;
  await makeFolder(dirname(file), context);
  try {
    await writePrivate(resolve(cwd, file), text);
  } catch (error) {
    throw new UsageError(`${file} can't be written: ${errorReason(error)}.`);
  }
  stderr.write(`Wrote ${file}\n`);
}

/** Reports failed reads, on stderr and in the exit code. */
function failed({ failures, missing, departed, owners }: Exported, context: Context): ExitCode {
  const { stderr } = context;
  for (const { address, text } of departed)
    writeNote(`${address} is left out: ${safeLine(text, 200)}.`, context);
  for (const { address, error } of failures)
    stderr.write(`Error: ${safeLine(`${namedAddress(address, owners)} is left out: ${error.message}`)}\n`);
  for (const { address, text } of missing)
    stderr.write(`Error: ${safeLine(`${namedAddress(address, owners)} is left out: ${text}.`)}\n`);
  return failures.length + missing.length > 0 ? 1 : 0;
}

/** Records what was exported: an apply of the exported file, which has nothing to call. */
async function adopt(
  args: Args,
  session: Session,
  context: Context,
  signals: StopSignals,
): Promise<ExitCode> {
  const { cwd, env } = context;
  const loaded = await loadDesired({
    paths: [args.out ?? args.split ?? ""],
    vars: [],
    varFiles: [],
    env,
    cwd,
    kinds,
  });
  const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
  const declared = loaded.resources.map(({ address }) => address);
  // No target means every resource: then the plan would forget what the state has and the file does not declare.
  if (declared.length === 0) return 0;
  const state = await session.readState();
  const selection = {
    target: declared,
    exclude: [],
    refresh: true,
    "refresh-only": false,
    "allow-empty-source": [],
    "allow-second-room": [],
    calls: false,
    full: false,
  };
  const { plan } = await makePlan(session, loaded, selection, state, false, context);
  if (plan.cost.calls > 0)
    throw new UsageError(
      "The exported objects changed while they were read. Nothing was adopted. Run the command again.",
    );
  const quiet = { json: false, color: false, verify: false, calls: false, full: false };
  const silent = { ...context, stdout: context.stderr };
  const noReports = new Reports([], context);
  const planned = { session, plan, loaded, state, reports: noReports };
  return applyExitCode(await applyPlan(planned, quiet, silent, signals));
}
