import { dirname, resolve } from "node:path";
import { shellWord } from "../../../core/shell-word.js";
import { warnAboutLocalState } from "../apply/local-state-in-ci.js";
import type { Cost, Plan } from "../../../core/plan/plan.js";
import { hasChanges } from "../../../core/plan/has-changes.js";
import type { Command } from "../../command.js";
import type { Context, ExitCode } from "../../context.js";
import type { GlobalArgs } from "../../parse/options.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, text } from "../../parse/option-table.js";
import { fileOptions, planOptions, sessionOptions } from "../../parse/options.js";
import { writePlanFile } from "./plan-file.js";
import { findMissingPermissions } from "./plan-permissions.js";
import { toPlanOrigin } from "./plan-origin.js";
import { inEachEnvironment, refuseAllEnvironments } from "../../session/each-environment.js";
import { loadConfig, showFindings } from "../../session/load-config.js";
import type { MadePlan, Session } from "../../session/session.js";
import { makePlan, openSession } from "../../session/session.js";
import type { Reports } from "../../output/reports.js";
import { reporting, reportOptions } from "../../output/reports.js";
import type { PlanOrigin } from "../../../views/plan/plan-json.js";
import { planJson, planSource, planText } from "./show-plan.js";
import { showProblems } from "../../output/problems.js";
import { environmentCipher } from "../../../state/encryption/cipher.js";

const options = {
  ...fileOptions,
  ...sessionOptions,
  ...planOptions,
  ...reportOptions,
  json: flag("Print JSON in the shape of terraform show -json"),
  out: text("FILE", "Save the plan, for chatform apply FILE"),
  "detailed-exitcode": flag("Exit with 2 when there are changes"),
  "require-permissions": flag("Refuse a plan whose apply these credentials lack a permission for"),
};

type Args = ArgsOf<typeof options> & GlobalArgs;

export const plan: Command<Args> = {
  description:
    "Reads the live values, compares them with the config, and shows the changes and their cost. It never writes.",
  examples: [
    ["plan", "show the changes"],
    ["plan --calls", "and the exact API calls"],
    ["plan --out plan.json && apply plan.json", "apply exactly what was reviewed"],
    ["plan --target 'rooms/**'", "only rooms"],
    ["plan --report markdown=plan.md", "for a comment on a pull request"],
    ["plan --detailed-exitcode", "exit with 0: no changes, 1: error, 2: changes"],
  ],
  options,
  run: (args, context) => {
    if (args.out !== undefined) refuseAllEnvironments("--out", args, context);
    return reporting("Plan", args, context, (reports) =>
      inEachEnvironment("Plan", args, context, reports, run),
    );
  },
};

async function run(args: Args, context: Context, reports: Reports): Promise<ExitCode> {
  const loaded = await loadConfig(args, context);
  showFindings(loaded, args, context);
  const session = await openSession(args, loaded, context);
  try {
    const state = await session.readState();
    const planned = await makePlan(session, loaded, args, state, false, context, { isSaved: true });
    const made = await withPermissions(planned, session, args, context);
    const originIn = (folder: string): PlanOrigin => toPlanOrigin(args, loaded, folder, context);
    context.stdout.write(args.json ? planJson(made, originIn(context.cwd)) : planText(made, args, context));
    await reports.write(planSource(made, loaded, args, context));
    if (made.problems.length > 0) {
      showProblems(made.problems, args, context);
      return 1;
    }
    showProblems(made.warnings ?? [], args, context);
    warnAboutLocalState(args, loaded, context);
    if (args.out !== undefined) {
      const path = resolve(context.cwd, args.out);
      const { secrets: sensitive } = loaded.sensitivity;
      const saved = {
        ...made,
        plan: {
          ...withSpent(made.plan, session.pace.budget()?.spent),
          ...(sensitive.length === 0 ? {} : { sensitive }),
        },
      };
      await writePlanFile(path, planJson(saved, originIn(dirname(path))), {
        name: args.out,
        cipher: environmentCipher(context.env),
      });
      if (!args.json)
        context.stdout.write(
          `Saved to ${args.out}. To make exactly these changes: chatform apply ${shellWord(args.out)}\n`,
        );
    }
    return args["detailed-exitcode"] && hasChanges(made.plan) ? 2 : 0;
  } finally {
    await session.close();
  }
}

/** Adds the requests of planning, which the service may still count when the plan is applied. */
function withSpent(plan: Plan, spent: Cost["spent"]): Plan {
  return spent === undefined ? plan : { ...plan, cost: { ...plan.cost, spent } };
}

/** Adds the permissions that the apply would lack: to the problems with --require-permissions, else to the warnings. */
async function withPermissions(
  made: MadePlan,
  session: Session,
  { refresh, "require-permissions": isRequired }: Args,
  context: Context,
): Promise<MadePlan> {
  // Without a refresh, as little as possible is asked.
  if (!refresh && !isRequired) return made;
  const found = await findMissingPermissions(session, made.plan, isRequired, context);
  const [errors, warnings] = [
    found.filter(({ severity }) => severity === "error"),
    found.filter(({ severity }) => severity === "warning"),
  ];
  return { ...made, problems: [...made.problems, ...errors], warnings };
}
