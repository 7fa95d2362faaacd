import type { Loaded } from "../../../config/load.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import { paint } from "../../../views/text/line.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import { writeNote } from "../../output/note.js";
import { styleFor } from "../../output/style.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag } from "../../parse/option-table.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions, sessionOptions } from "../../parse/options.js";
import { UsageError } from "../../parse/usage-error.js";
import { loadConfig } from "../../session/load-config.js";
import { showingProgress } from "../../session/progress-timer.js";
import type { SessionConfig } from "../../session/session.js";
import { openSession, ownOrg } from "../../session/session.js";
import type { DepartedPeople } from "./departed-people.js";
import { findDepartedPeople } from "./departed-people.js";
import type { ConfigEdit } from "./edit-config.js";
import { editConfig, getPeople, openConfig } from "./edit-config.js";
import type { FixResult } from "./fix-output.js";
import { diffLines, diffText, fixJson, fixLines } from "./fix-output.js";
import { readGitStatus } from "./git-changes.js";
import { replaceFiles } from "./replace-files.js";

const options = {
  ...fileOptions,
  ...sessionOptions,
  departed: flag("Remove departed users: inactive and deleted ones"),
  only: {
    type: "string",
    value: "STATE",
    choices: ["deleted", "inactive"],
    describe: "Only departed users in this state: inactive users may return",
  },
  check: flag("Only list what would be removed"),
  diff: flag("Show the changes of the files as a unified diff"),
  force: flag("Edit files with uncommitted changes too"),
  json: flag("Print JSON"),
} as const;

type Args = ArgsOf<typeof options> & GlobalArgs;

export const fix: Command<Args> = {
  description:
    "Removes departed users from the config files: their entries in lists of people, the blocks under their names, and the rows of forEach that are about them alone. Comments, order and style are kept. Nothing is changed in Genesys Cloud.\nFiles that git shows as changed are not edited, unless --force is given.\nExit codes: 0: done, or nothing to do, 1: error, 2: something to remove (--check), or something that only a person can edit.",
  examples: [
    ["fix --departed --check", "list the departed users in the files"],
    ["fix --departed --diff", "remove them, and show the changes"],
    ["fix --departed --only deleted", "keep inactive users"],
  ],
  options,
  async run(args, context): Promise<ExitCode> {
    if (!args.departed) throw new UsageError("chatform fix needs --departed: chatform fix --departed");
    const loaded = await loadConfig(args, context);
    const config = await openConfig(loaded, context.cwd);
    const people = getPeople(config);
    const found = await lookUp(people, loaded, args, context);
    const edits = await editConfig(config, found);
    const entries = edits.flatMap((edit) => edit.entries);
    const written = args.check ? [] : await write(edits, args, context);
    const isAnyRemoved = entries.some(({ reason }) => reason === undefined);
    const notices = [...(isAnyRemoved ? sharingNotice(loaded) : []), ...written];
    const result = { isCheck: args.check, entries, notices };
    show(result, edits, args, context);
    const isLeft = result.entries.some(({ reason }) => args.check || reason !== undefined);
    return isLeft ? 2 : 0;
  },
};

function sharingNotice({ environment, environments }: Loaded): readonly string[] {
  const others = environments.filter((name) => name !== environment?.name);
  return others.length === 0
    ? []
    : [
        `Environments share config files. A departed user of this org may be active in the org of: ${others.join(", ")}.`,
      ];
}

/** Reads which people are departed. Sends only reads. */
async function lookUp(
  people: readonly string[],
  config: SessionConfig,
  args: Args,
  context: Context,
): Promise<DepartedPeople> {
  const session = await openSession(args, config, context);
  try {
    const state = await session.readState();
    // With the credentials of another org, recorded users would be missing.
    await ownOrg(session, state, context);
    const { departed, unknown } = await showingProgress(context, session.pace, (onEvent) =>
      findDepartedPeople({ api: session.api, people, state, signal: context.stop, onEvent }),
    );
    const wanted = [...departed].filter(([, { state: now }]) => args.only === undefined || now === args.only);
    return { departed: new Map(wanted), unknown };
  } finally {
    await session.close();
  }
}

/** Writes the edited files. @returns notices @throws DiagnosticsError if git shows changes of a file; then nothing is written */
async function write(edits: readonly ConfigEdit[], args: Args, context: Context): Promise<readonly string[]> {
  const changed = edits.filter(({ before, after }) => Buffer.compare(before, after) !== 0);
  const { problems, notices } = args.force
    ? { problems: [], notices: [] }
    : await readGitStatus(changed, context);
  if (problems.length > 0) throw new DiagnosticsError(problems);
  context.stop.throwIfAborted();
  await replaceFiles(changed);
  return notices;
}

function show(result: FixResult, edits: readonly ConfigEdit[], args: Args, context: Context): void {
  const { stdout } = context;
  const style = styleFor(context, "stdout", args.color);
  const diff = args.diff ? diffText(edits) : undefined;
  if (args.json) stdout.write(fixJson(result, diff));
  else {
    // Elsewhere than on a terminal the patch is kept as it is, so that it can be applied.
    const patch = diff === undefined || stdout.isTTY !== true ? (diff ?? "") : paint(diffLines(diff), style);
    stdout.write(patch + paint(fixLines(result, context.repeatOptions), style));
    for (const notice of result.notices) writeNote(notice, context);
  }
}
