import type { ApiClient } from "../../../api/client.js";
import type { DriftClass } from "../../../core/plan/change.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import { reporting, reportingStop, reportOptions } from "../../output/reports.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import type { Reports } from "../../output/reports.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, list, number, text } from "../../parse/option-table.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions, listAddresses, orgOptions, sessionOptions } from "../../parse/options.js";
import { UsageError } from "../../parse/usage-error.js";
import { checkWhole, parseDuration } from "../../parse/values.js";
import { watchOptions, openAuditApi, parseListen } from "../drift/drift.js";
import type { Notifications } from "../../notify/notifications.js";
import { notifyTargets, openNotifications } from "../../notify/notifications.js";
import { leftCountText, leftLines } from "../../../views/drift/left-text.js";
import { paint } from "../../../views/text/line.js";
import type { RepairRun } from "./repair-run.js";
import { repairOnce } from "./repair-run.js";

const options = {
  ...fileOptions,
  ...sessionOptions,
  ...reportOptions,
  ...orgOptions,
  target: { ...list("ADDRESS", "Only this address (with * and **)"), completesWith: listAddresses },
  exclude: {
    ...list("ADDRESS", "Everything but this address (with * and **)"),
    completesWith: listAddresses,
  },
  ignore: list("ADDRESS", "ADDRESS or ADDRESS/FIELD of known drift to leave, with * and **"),
  only: {
    ...text("CLASS", "Only drift (values changed outside) or membership (people of sources)"),
    choices: ["drift", "membership"] as const,
  },
  "auto-approve": flag("Don't ask for approval"),
  "allow-deletions": number("Allow this many deletions, overriding safety in the config", undefined),
  "allow-data-loss": flag("Allow changes that destroy data for good"),
  verify: flag("Read back the changes", true),
  json: flag("Print each event as a JSON object on its own line"),
  calls: flag("List the API calls too, in order"),
  full: flag("Show long lists and long plans in full"),
  ...watchOptions,
  every: text("DURATION", "Keep running, and repair at this interval: 15m, 1h; needs --auto-approve"),
};

export type RepairArgs = Omit<ArgsOf<typeof options>, "only"> & {
  readonly only?: DriftClass;
} & GlobalArgs;

export const repair: Command<ArgsOf<typeof options> & GlobalArgs> = {
  description:
    "Puts back what was changed outside chatform, and follows the members of sources, as the last apply reviewed them.\nIt never applies a pending config change, never creates a resource, and leaves conflicts to you.\nExit codes: 0: done or nothing to do, 1: error, 2: something is left to you. Pending config changes alone end with 0.",
  examples: [
    ["repair", "show the changes, ask, repair"],
    ["repair --auto-approve", "without asking, for a nightly job"],
    ["repair --only membership --auto-approve", "only people who joined or left sources"],
    ["repair --auto-approve --every 15m", "keep running, with /metrics for Prometheus"],
  ],
  options,
  printsEvents: true,
  run: (args, context) => reporting("Repair", args, context, (reports) => run(args, context, reports)),
};

async function run(given: RepairArgs, context: Context, reports: Reports): Promise<ExitCode> {
  const args = { ...given, notify: notifyTargets(given, context.env) };
  const notifications = await openNotifications(args, context);
  const listen = parseListen(args);
  const everyMs = args.every === undefined ? undefined : parseDuration("--every", args.every, 1000);
  if (everyMs !== undefined && !args["auto-approve"])
    throw new UsageError("--every needs --auto-approve: nobody is there to ask.");
  if (args["allow-deletions"] !== undefined) checkWhole("--allow-deletions", args["allow-deletions"], 0);
  const { api, loaded } = await openAuditApi(args, context);
  try {
    if (everyMs !== undefined)
      return await repairRepeatedly(api, { everyMs, listen, reports, notifications }, args, context);
    const done = await repairOnce(api, reports, args, context, loaded);
    await notifications.send(api, done);
    return done.code;
  } finally {
    await api.close();
  }
}

interface Watching {
  readonly everyMs: number;
  readonly listen: ReturnType<typeof parseListen>;
  readonly reports: Reports;
  readonly notifications: Notifications;
}

async function repairRepeatedly(
  api: ApiClient,
  { everyMs, listen, reports, notifications }: Watching,
  args: RepairArgs,
  context: Context,
): Promise<ExitCode> {
  const [{ watch }, { RepairCounter }] = await Promise.all([
    import("../drift/drift-watch.js"),
    import("./repair-counter.js"),
  ]);
  const counter = new RepairCounter();
  const round = (): Promise<RepairRun> =>
    reportingStop("Repair", reports, args, context, () => repairOnce(api, reports, args, context));
  return watch(
    api,
    {
      everyMs,
      listen,
      errors: { ...args, jsonForm: args.json ? "event" : undefined },
      audit: () => counter.counting(round),
      show: (done, isNew) => {
        if (done.isIdle && !args.json) context.stdout.write(idleText(done, isNew, args, context));
        return Promise.resolve();
      },
      notify: (done) => notifications.send(api, done),
      repairs: () => counter.counts,
    },
    context,
  );
}

/** Returns a line about a run that repaired nothing, and what is left to a person where that is new. */
function idleText(
  { audit: { left, people } }: RepairRun,
  isNew: boolean,
  args: RepairArgs,
  context: Context,
): string {
  const line = `${context.now().toISOString()} Nothing to repair.${leftCountText(left)}\n`;
  if (!isNew) return line;
  const { repeatOptions } = context;
  const options = { width: terminalWidth(context), people, full: args.full, repeatOptions };
  return line + paint(leftLines(left, options), styleFor(context, "stdout", args.color));
}
