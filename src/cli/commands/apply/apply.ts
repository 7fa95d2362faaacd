import { resolve } from "node:path";
import { allEnvironments } from "../../../config/environments/choose-environment.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { OrgIdentity } from "../../../core/org/org-identity.js";
import type { Plan } from "../../../core/plan/plan.js";
import { shellWord } from "../../../core/shell-word.js";
import { ApplyJson } from "../../../views/apply/apply-json.js";
import { orgText } from "../../../views/text/org-text.js";
import { localStateError, warnAboutLocalState } from "./local-state-in-ci.js";
import type { Command } from "../../command.js";
import type { PlannedApply } from "./apply-plan.js";
import { applyExitCode, applyPlan, beginOrg, loadEngine } from "./apply-plan.js";
import { approve, refuseDataLoss } from "./approve.js";
import { recheckPlan } from "./recheck-plan.js";
import type { Context, ExitCode } from "../../context.js";
import type { GlobalArgs } from "../../parse/options.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag, text } from "../../parse/option-table.js";
import {
  fileOptions,
  orgOptions,
  planOptions,
  refuseUnverifiedOrg,
  sessionOptions,
} from "../../parse/options.js";
import { readApplyablePlan } from "../plan/plan-file.js";
import { checkPlanBackend, getPlanSource } from "../plan/plan-origin.js";
import type { MadePlan } from "../../session/session.js";
import { chosenEnvironment } from "../../session/chosen-environment.js";
import { loadConfig, readConfig, showFindings } from "../../session/load-config.js";
import { makePlan, openSession } from "../../session/session.js";
import type { Reports } from "../../output/reports.js";
import { reporting, reportOptions } from "../../output/reports.js";
import { planSource, planText } from "../plan/show-plan.js";
import { withPlanPlaces } from "../../output/reason-places.js";
import { showProblems } from "../../output/problems.js";
import { terminalWidth } from "../../output/style.js";
import { UsageError } from "../../parse/usage-error.js";
import { withSessionLock } from "../../session/state-lock.js";
import { environmentCipher } from "../../../state/encryption/cipher.js";

export const applyOptions = {
  ...fileOptions,
  ...sessionOptions,
  ...planOptions,
  ...reportOptions,
  ...orgOptions,
  json: flag("Print each event as a JSON object on its own line"),
  "auto-approve": flag("Don't ask for approval"),
  "allow-data-loss": flag("Allow changes that destroy data for good"),
  verify: flag("Read back the changes", true),
  checksum: text("SHA", "Apply only if the plan has this checksum"),
};

const positionals = { plan: { type: "string", describe: "File of a saved plan" } } as const;

export type ApplyArgs = ArgsOf<typeof applyOptions> & ArgsOf<typeof positionals> & GlobalArgs;

export const apply: Command<ApplyArgs> = {
  description:
    "Plans, shows the plan, asks for approval, and makes the changes.\nWith a saved plan: makes exactly its changes, without asking.",
  examples: [
    ["apply", "plan, ask, apply"],
    ["apply plan.json", "exactly the plan saved with plan --out"],
    ["apply --auto-approve", "without asking"],
    ["apply --auto-approve --checksum 3f9a…", "only if the plan has not changed"],
    ["apply --auto-approve --report html=apply.html", "and a page with the results"],
  ],
  positionals,
  options: applyOptions,
  printsEvents: true,
  run: async (args, context) =>
    args.plan === undefined ? applyFresh(args, context, false) : applyPlanFile(args, args.plan, context),
};

/** Plans and applies. @param destroy as if nothing were declared */
export function applyFresh(args: ApplyArgs, context: Context, destroy: boolean): Promise<ExitCode> {
  const title = destroy ? "Destroy" : "Apply";
  return reporting(title, args, context, (reports) => planAndApply(args, context, reports, destroy));
}

async function planAndApply(
  args: ApplyArgs,
  context: Context,
  reports: Reports,
  destroy: boolean,
): Promise<ExitCode> {
  const loaded = await loadConfig(args, context);
  showFindings(loaded, args, context);
  const session = await openSession(args, loaded, context);
  return withSessionLock(session, destroy ? "destroy" : "apply", context, async (signals) => {
    const state = await session.readState();
    let org: Promise<OrgIdentity> | undefined;
    const onOrg = (own: OrgIdentity): void => {
      if (args["auto-approve"]) org = beginOrg(own, { session, state }, signals);
    };
    const [made] = await Promise.all([
      makePlan(session, loaded, args, state, destroy, context, { onOrg }),
      loadEngine(),
    ]);
    const { plan, places, problems } = made;
    if (!args.json) context.stdout.write(`${planText(made, args, context)}\n`);
    if (problems.length > 0) return refuse(made, { loaded, reports }, args, context);
    refuseUnverifiedOrg(state, plan.org, args);
    warnAboutLocalState(args, loaded, context);
    if (args.checksum !== undefined && args.checksum !== plan.checksum) {
      throw new UsageError(
        `The plan has changed: its checksum is ${plan.checksum}, not ${args.checksum}. Nothing was changed.`,
      );
    }
    const approved = await approve({ session, plan, state, isSaved: false }, args, context);
    if (!approved) {
      context.stdout.write("Nothing was changed.\n");
      return 1;
    }
    const planned = { session, plan, places, loaded, state, reports, org };
    return applyExitCode(await applyPlan(planned, args, context, signals));
  });
}

function applyPlanFile(args: ApplyArgs, file: string, context: Context): Promise<ExitCode> {
  return reporting("Apply", args, context, (reports) => applySaved(args, file, context, reports));
}

async function applySaved(
  args: ApplyArgs,
  file: string,
  context: Context,
  reports: Reports,
): Promise<ExitCode> {
  refuseOtherPlan(args);
  const saved = await readApplyablePlan(resolve(context.cwd, file), file, environmentCipher(context.env));
  const { plan } = saved;
  context.secrets.add(plan.sensitive ?? []);
  const source = await getPlanSource(saved, file, args, context);
  const env = environmentOfPlan(plan, args, context);
  // The config may have changed since: then the plan is still applied as it is.
  const chosen = { ...args, file: source.paths, ...(env === undefined ? {} : { env }) };
  const loaded = await readConfig(chosen, context);
  const declared = source.state ?? loaded.state;
  if (args.state === undefined) checkPlanBackend(saved, file, declared);
  const forgotten = localStateError(plan, args, { ...loaded, state: declared }, context);
  if (forgotten !== undefined)
    return refuse({ plan, problems: [forgotten] }, { loaded, reports }, args, context);
  const before = plan.cost.spent;
  const session = await openSession(args, { ...loaded, state: declared, before }, context);
  return withSessionLock(session, "apply", context, async (signals) => {
    const state = await session.readState();
    const problems = await recheckPlan({ session, plan, state, isSaved: true }, args, context);
    if (problems.length > 0) return refuse({ plan, problems }, { loaded, reports }, args, context);
    refuseUnverifiedOrg(state, plan.org, args);
    warnAboutLocalState(args, { ...loaded, state: declared }, context);
    if (args.checksum !== undefined && args.checksum !== plan.checksum) {
      throw new UsageError(
        `The saved plan's checksum is ${plan.checksum}, not ${args.checksum}. Nothing was changed.`,
      );
    }
    refuseDataLoss(plan, args);
    if (!args.json) context.stdout.write(orgText(plan.org, terminalWidth(context)));
    const planned = { session, plan, loaded, state, reports, isSaved: true };
    return applyExitCode(await applyPlan(planned, args, context, signals));
  });
}

/** Returns the environment that a saved plan was made for. @throws DiagnosticsError if another one is chosen */
function environmentOfPlan({ org }: Plan, args: ApplyArgs, context: Context): string | undefined {
  const chosen = chosenEnvironment(args, context);
  if (chosen === undefined || chosen === org.environment) return org.environment;
  throw new DiagnosticsError([
    {
      severity: "error",
      code: "another-environment",
      summary: "The saved plan is for another environment",
      detail: `The plan was made ${org.environment === undefined ? "without an environment" : `for the environment ${org.environment}`}, and ${chosen} is chosen. Nothing was changed.`,
      help: otherEnvironmentHelp(org.environment, chosen),
    },
  ]);
}

function otherEnvironmentHelp(planned: string | undefined, chosen: string): string {
  const apply = `To apply the plan: ${planned === undefined ? "leave out --env and CHATFORM_ENV" : `--env ${shellWord(planned)}`}.`;
  const plan = `To plan for ${chosen}: chatform plan --env ${shellWord(chosen)} --out FILE`;
  return chosen === allEnvironments ? apply : `${apply} ${plan}`;
}

/** Refuses options that would change a saved plan, which is applied as it is. */
function refuseOtherPlan(args: ApplyArgs): void {
  const given = [
    ...(args.target.length > 0 ? ["--target"] : []),
    ...(args.exclude.length > 0 ? ["--exclude"] : []),
    ...(args.refresh ? [] : ["--no-refresh"]),
    ...(args["refresh-only"] ? ["--refresh-only"] : []),
    ...(args["allow-empty-source"].length > 0 ? ["--allow-empty-source"] : []),
    ...(args["allow-second-room"].length > 0 ? ["--allow-second-room"] : []),
  ];
  if (given.length > 0)
    throw new UsageError(`A saved plan is applied as a whole: give ${given.join(", ")} to chatform plan.`);
}

/** Shows why a plan can't be applied, in all requested outputs. */
async function refuse(
  made: MadePlan,
  { loaded, reports }: Pick<PlannedApply, "loaded" | "reports">,
  args: ApplyArgs,
  context: Context,
): Promise<ExitCode> {
  const { problems } = made;
  if (args.json) {
    const plan = withPlanPlaces(made.plan, made.places);
    const view = new ApplyJson({ output: context.stdout, now: context.now, plan });
    for (const problem of problems) view.diagnostic(problem);
  }
  showProblems(problems, args, context);
  await reports.write(planSource(made, loaded, args, context));
  return 1;
}
