import { resolve } from "node:path";
import type { Argv } from "yargs";
import { warnOfLocalState } from "../apply/ci-state.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import type { FileArgs, PlanArgs, SessionArgs } from "../../parse/options.js";
import { fileOptions, planOptions, sessionOptions } from "../../parse/options.js";
import { writePlanFile } from "./plan-file.js";
import type { GlobalArgs } from "../../run.js";
import { loadConfig } from "../../session/load-config.js";
import { makePlan, openSession } from "../../session/session.js";
import type { ReportArgs, Reports } from "../../output/reports.js";
import { reporting, reportOption } from "../../output/reports.js";
import { planJson, planSource, planText } from "./show-plan.js";
import { showProblems } from "../../output/problems.js";

interface OwnArgs {
  readonly json: boolean;
  readonly out?: string;
  readonly "detailed-exitcode": boolean;
}

type Args = FileArgs & SessionArgs & PlanArgs & GlobalArgs & ReportArgs & OwnArgs;

export const plan: Command<Args> = {
  usage:
    "Reads the live state, compares it to the files, and shows the changes and what they cost.\nIt never writes.\n\nUsage: $0 plan [options]",
  examples: [
    ["$0 plan", "what would change"],
    ["$0 plan --calls", "and the exact API calls"],
    ["$0 plan --out plan.json && $0 apply plan.json", "apply exactly what was reviewed"],
    ["$0 plan --target 'rooms/**'", "only rooms"],
    ["$0 plan --report markdown=plan.md", "for a comment on a pull request"],
    ["$0 plan --detailed-exitcode", "0 nothing to do, 1 error, 2 changes"],
  ],
  options: (yargs: Argv) =>
    reportOption(planOptions(sessionOptions(fileOptions(yargs))))
      .option("json", {
        type: "boolean",
        default: false,
        describe: "JSON in the shape of terraform show -json",
      })
      .option("out", {
        type: "string",
        requiresArg: true,
        describe: "Save the plan, for chatform apply FILE",
      })
      .option("detailed-exitcode", {
        type: "boolean",
        default: false,
        describe: "Exit 2 when there are changes",
      }),
  run: (args, context) => reporting("Plan", args, context, (reports) => run(args, context, reports)),
};

async function run(args: Args, context: Context, reports: Reports): Promise<ExitCode> {
  const loaded = await loadConfig(args, context);
  const session = await openSession(args, loaded.state, context);
  try {
    const state = await session.store.read();
    const made = await makePlan(session, loaded, args, state, false, context);
    context.stdout.write(
      args.json ? planJson(made.plan, made.problems.length === 0) : planText(made.plan, args, context),
    );
    await reports.write(planSource(made, loaded, args, context));
    if (made.problems.length > 0) {
      showProblems(made.problems, args, context);
      return 1;
    }
    warnOfLocalState(args, loaded, context);
    if (args.out !== undefined) {
      await writePlanFile(resolve(context.cwd, args.out), planJson(made.plan, true), args.out);
      if (!args.json)
        context.stdout.write(
          `Saved to ${args.out}. To make exactly these changes: chatform apply ${args.out}\n`,
        );
    }
    return args["detailed-exitcode"] && hasChanges(made.plan) ? 2 : 0;
  } finally {
    await session.close();
  }
}

function hasChanges({
  changes,
  drift,
  options,
  uncertain,
}: Awaited<ReturnType<typeof makePlan>>["plan"]): boolean {
  if (options.mode === "refresh-only") return drift.length > 0;
  return (
    uncertain.length > 0 ||
    changes.some(({ action, calls }) => calls.length > 0 || (action !== "no-op" && action !== "adopt"))
  );
}
