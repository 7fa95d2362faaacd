import type { Check } from "../../../core/doctor/check.js";
import { worstStatus } from "../../../core/doctor/check.js";
import { checksToJson } from "../../../views/doctor/doctor-json.js";
import { checksReport } from "../../../views/doctor/doctor-report.js";
import { renderChecks } from "../../../views/doctor/doctor-text.js";
import { jsonText } from "../../../views/text/json-text.js";
import { styles } from "../../../views/text/terminal.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import type { Reports } from "../../output/reports.js";
import { reporting, reportOptions } from "../../output/reports.js";
import { pathFromRoot } from "../../output/source-root.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, text } from "../../parse/option-table.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions, sessionOptions } from "../../parse/options.js";
import { inEachEnvironment } from "../../session/each-environment.js";
import { examine } from "./examine.js";

const { profile, state, timeout } = sessionOptions;
const options = {
  ...fileOptions,
  profile,
  state,
  timeout: { ...timeout, default: "3s" },
  ...reportOptions,
  plan: text("FILE", "Check the permissions that the apply of this saved plan needs"),
  probe: flag("Observe undocumented behavior of the service, in a room of its own"),
  "probe-slow": flag("Like --probe, and also observe what needs over a hundred messages and a minute"),
  "new-room": flag("With --probe: create a room although an earlier probe may have created one"),
  "auto-approve": flag("With --probe: don't ask for approval"),
  json: flag("Print JSON"),
};

export type DoctorArgs = ArgsOf<typeof options> & GlobalArgs;

export const doctor: Command<DoctorArgs> = {
  description:
    "Checks versions, config, connection, clock, token, permissions, rate limit and state, and says what to do about each problem.\nIt only reads, except with --probe. The output holds no secrets and no texts of chats: add it to reports of issues.\nExit codes: 0: no failure, 1: failure. Warnings do not count.",
  examples: [
    ["doctor", "check everything"],
    ["doctor --plan plan.json", "may these credentials apply this plan?"],
    ["doctor --env all", "in each environment"],
    ["doctor --profile prod --json", "for a program"],
    ["doctor --probe", "observe undocumented behavior of the service"],
  ],
  options,
  run: (args, context) =>
    reporting("Doctor", args, context, (reports) => inEachEnvironment("Doctor", args, context, reports, run)),
};

async function run(args: DoctorArgs, context: Context, reports: Reports): Promise<ExitCode> {
  if (args.probe || args["probe-slow"]) return (await import("./probe.js")).runProbe(args, context);
  const checks = (await examine(args, context)).map((check) =>
    "help" in check ? { ...check, help: context.repeatOptions(check.help) } : check,
  );
  await showChecks(checks, args, context, reports);
  return worstStatus(checks) === "failure" ? 1 : 0;
}

/** Writes checks to stdout and to the reports. */
export async function showChecks(
  checks: readonly Check[],
  args: DoctorArgs,
  context: Context,
  reports: Reports,
): Promise<void> {
  const json = (): object => checksToJson(checks);
  const style = styleFor(context, "stdout", args.color);
  context.stdout.write(
    args.json ? jsonText(json()) : renderChecks(checks, { style, width: terminalWidth(context) }),
  );
  await reports.write({
    text: () => renderChecks(checks, { style: styles(false), width: 80 }),
    json,
    report: () => checksReport(checks),
    files: () => [],
    where: () => ({ declared: new Map(), toReportPath: (file) => pathFromRoot(file, context) }),
  });
}
