import type { ApiClient } from "../../../api/client.js";
import type { Audit } from "../../../core/drift/audit.js";
import { auditVerdict } from "../../../views/drift/drift-json.js";
import { auditHeadline } from "../../../views/drift/drift-text.js";
import { warnAboutLocalState } from "../apply/local-state-in-ci.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import type { AuditRun } from "./run-audit.js";
import { auditJson, auditSource, auditText, runAudit } from "./run-audit.js";
import type { WatchOptions } from "./drift-watch.js";
import type { Loaded } from "../../../config/load.js";
import type { Notifications } from "../../notify/notifications.js";
import { notifyOptions, notifyTargets, openNotifications } from "../../notify/notifications.js";
import { chosenEnvironment } from "../../session/chosen-environment.js";
import { inEachEnvironment, refuseAllEnvironments } from "../../session/each-environment.js";
import { loadConfig } from "../../session/load-config.js";
import type { FileArgs, GlobalArgs, SessionArgs } from "../../parse/options.js";
import { fileOptions, listAddresses, sessionOptions } from "../../parse/options.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, list, text } from "../../parse/option-table.js";
import { parseDuration } from "../../parse/values.js";
import type { Reports } from "../../output/reports.js";
import { reporting, reportingStop, reportOptions } from "../../output/reports.js";
import { openApi } from "../../session/session.js";
import { UsageError } from "../../parse/usage-error.js";

/** Options of commands that run at an interval. */
export const watchOptions = {
  listen: text("HOST:PORT", "With --every: address of /metrics and /healthz; default: 127.0.0.1:9464"),
  "allow-host": list("NAME", "With --every: another Host header to accept"),
  ...notifyOptions,
};

const options = {
  ...fileOptions,
  ...sessionOptions,
  ...reportOptions,
  target: { ...list("ADDRESS", "Only this address (with * and **)"), completesWith: listAddresses },
  exclude: {
    ...list("ADDRESS", "Everything but this address (with * and **)"),
    completesWith: listAddresses,
  },
  ignore: list("ADDRESS", "ADDRESS or ADDRESS/FIELD of known drift, with * and **"),
  json: flag("Print JSON"),
  full: flag("Show long lists and much drift in full"),
  every: text("DURATION", "Keep running, and audit at this interval: 15m, 1h"),
  ...watchOptions,
};

type Args = ArgsOf<typeof options> & GlobalArgs;

export const drift: Command<Args> = {
  description:
    "Audits: shows changes made outside chatform since the last apply. It never writes.\nConfig changes that are not applied yet are not counted as drift.\nExit codes: 0: no drift, 1: error, 2: drift.",
  examples: [
    ["drift", "show changes made by hand"],
    ["drift --report junit=drift.xml", "for a nightly job"],
    ["drift --ignore 'rooms/*/description'", "except known drift"],
    ["drift --every 15m", "keep running, with /metrics for Prometheus"],
    ["drift --every 15m --notify room=rooms/ops", "notify a room when the verdict changes"],
  ],
  options,
  run: (args, context) => {
    if (args.every !== undefined) refuseAllEnvironments("--every", args, context);
    return reporting("Drift", args, context, (reports) =>
      inEachEnvironment("Drift", args, context, reports, run),
    );
  },
};

async function run(given: Args, context: Context, reports: Reports): Promise<ExitCode> {
  const args = { ...given, notify: notifyTargets(given, context.env) };
  const output = await auditOutput(args, context, reports);
  const listen = parseListen(args);
  const everyMs = args.every === undefined ? undefined : parseDuration("--every", args.every, 1000);
  const { api, loaded } = await openAuditApi(args, context);
  try {
    return everyMs === undefined
      ? await once(await runAudit(api, args, context, loaded), api, output, args, context)
      : await watchRepeatedly(api, output, { everyMs, listen, reports }, args, context);
  } finally {
    await api.close();
  }
}

/** Opens the API client. @throws DiagnosticsError; for a missing config before missing credentials */
export async function openAuditApi(
  args: FileArgs & SessionArgs & GlobalArgs,
  context: Context,
): Promise<AuditApi> {
  const loaded = chosenEnvironment(args, context) === undefined ? undefined : await loadConfig(args, context);
  try {
    const api = await openApi(args, context, loaded?.environment);
    return { api, ...(loaded === undefined ? {} : { loaded }) };
  } catch (error) {
    if (loaded === undefined) await loadConfig(args, context);
    throw error;
  }
}

/** The API of an audit, and the config, if it was read to know the environment. */
export interface AuditApi {
  readonly api: ApiClient;
  readonly loaded?: Loaded;
}

/** The output of an audit. */
interface AuditOutput {
  /** @param isNew true if the result differs from the run before */
  readonly show: (run: AuditRun, isNew: boolean) => Promise<void>;
  readonly notify: Notifications["send"];
}

/** Prepares the output before any request. @throws UsageError */
async function auditOutput(args: Args, context: Context, reports: Reports): Promise<AuditOutput> {
  const notifications = await openNotifications(args, context);
  return {
    async show(run, isNew) {
      context.stdout.write(shown(run.audit, isNew, args, context));
      await reports.write(auditSource(run, args, context));
    },
    notify: notifications.send,
  };
}

/** Returns the whole audit if it differs from the run before, else one line. */
function shown(audit: Audit, isNew: boolean, args: Args, context: Context): string {
  if (args.json) return auditJson(audit, args.every === undefined ? 2 : 0);
  const whole = auditText(audit, args, context);
  if (args.every === undefined) return whole;
  const at = context.now().toISOString();
  return isNew ? `${at}\n${whole}\n` : `${at} ${auditHeadline(audit)}\n`;
}

/** Shows the only audit. An undelivered notification is told on stderr: the exit code is about drift. */
async function once(
  run: AuditRun,
  api: ApiClient,
  output: AuditOutput,
  args: Args,
  context: Context,
): Promise<ExitCode> {
  await output.show(run, true);
  warnAboutLocalState(args, run.loaded, context);
  await output.notify(api, run);
  return auditVerdict(run.audit) === "in-sync" ? 0 : 2;
}

interface Watching {
  readonly everyMs: number;
  readonly listen: ReturnType<typeof parseListen>;
  readonly reports: Reports;
}

async function watchRepeatedly(
  api: ApiClient,
  output: AuditOutput,
  { everyMs, listen, reports }: Watching,
  args: Args,
  context: Context,
): Promise<ExitCode> {
  const { watch } = await import("./drift-watch.js");
  return watch(
    api,
    {
      everyMs,
      listen,
      errors: { ...args, jsonForm: args.json ? "document" : undefined },
      audit: () => reportingStop("Drift", reports, args, context, () => runAudit(api, args, context)),
      show: output.show,
      notify: (run) => output.notify(api, run),
    },
    context,
  );
}

/** Returns the address of /metrics and /healthz. @throws UsageError */
export function parseListen({
  listen,
  every,
  "allow-host": allowedHosts,
}: Pick<Args, "listen" | "every" | "allow-host">): WatchOptions["listen"] {
  if (listen !== undefined && every === undefined) throw new UsageError("--listen needs --every.");
  if (allowedHosts.length > 0 && every === undefined) throw new UsageError("--allow-host needs --every.");
  const [, host = "", port = ""] = /^(?:\[?([^\]]*?)\]?:)?(\d+)$/.exec(listen ?? "127.0.0.1:9464") ?? [];
  if (port === "" || Number(port) > 65_535) throw new UsageError("--listen takes HOST:PORT or PORT.");
  return { host: host === "" ? "127.0.0.1" : host, port: Number(port), allowedHosts };
}
