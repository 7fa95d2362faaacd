import type { Loaded } from "../../../config/load.js";
import type { OperationName } from "../../../api/operations/operations.js";
import { operation } from "../../../api/operations/operations.js";
import type { Call } from "../../../core/calls/call.js";
import type { Audit } from "../../../core/drift/audit.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Plan } from "../../../core/plan/plan.js";
import { isRef } from "../../../core/calls/reference.js";
import type { ApplyResult } from "../../../engine/events.js";
import type { JsonObject } from "../../../core/json/json.js";
import { kinds } from "../../../resources/index.js";
import { appliedToJson } from "../../../views/apply/applied-json.js";
import { diagnosticToJson } from "../../../views/diagnostics/diagnostics-json.js";
import type { PlanJsonExtra, PlanOrigin } from "../../../views/plan/plan-json.js";
import { planToJson } from "../../../views/plan/plan-json.js";
import { renderPlan } from "../../../views/plan/plan-text.js";
import { planReport } from "../../../views/reports/build-report.js";
import type { Context } from "../../context.js";
import { withPlanPlaces } from "../../output/reason-places.js";
import { reportFiles, sourceLocations } from "../../output/source-locations.js";
import type { ReportSource } from "../../output/report-source.js";
import type { MadePlan } from "../../session/session.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import { jsonText } from "../../../views/text/json-text.js";

export interface ShowPlanArgs {
  readonly calls: boolean;
  readonly full: boolean;
  readonly color: boolean;
}

/** The findings of a repair's audit beside its changes. */
export type RepairAudit = Pick<Audit, "left" | "findings">;

/** Returns the plan as text for stdout. @param audit of a repair */
export function planText(
  { plan, places }: Pick<MadePlan, "plan" | "places">,
  args: ShowPlanArgs,
  context: Context,
  audit?: RepairAudit,
): string {
  const options = {
    style: styleFor(context, "stdout", args.color),
    width: terminalWidth(context),
    full: args.full,
    repeatOptions: context.repeatOptions,
    audit,
    places,
  };
  return renderPlan(plan, { ...options, ...(args.calls ? { calls: describeCall } : {}) });
}

/** Returns the plan as a JSON document, with the problems for which it was refused. */
export function planJson(made: MadePlan, origin: PlanOrigin): string {
  return jsonText(madePlanToJson(made, origin));
}

function madePlanToJson(
  { plan, places, problems, warnings = [] }: MadePlan,
  origin?: PlanOrigin,
): JsonObject {
  return savedPlanToJson({
    plan: withPlanPlaces(plan, places),
    applyable: problems.length === 0,
    diagnostics: [...problems, ...warnings].map(diagnosticToJson),
    origin,
  });
}

/** A plan as a saved plan holds it: with the problems as JSON. */
export interface SavedPlan extends Omit<PlanJsonExtra, "types"> {
  readonly plan: Plan;
}

/** Returns a saved plan as the JSON document that it was read from. */
export function savedPlanJson(saved: SavedPlan): string {
  return jsonText(savedPlanToJson(saved));
}

/** Returns a saved plan as JSON. */
export function savedPlanToJson({ plan, ...extra }: SavedPlan): JsonObject {
  return planToJson(plan, { types, ...extra });
}

/**
 * Returns the plan with the results of its apply as JSON, which can't be applied again.
 *
 * @param audit of a repair
 * @param problems beside those of the changes
 */
export function applyJson(
  plan: Plan,
  result: ApplyResult,
  { audit, problems }: { readonly audit?: RepairAudit | undefined; readonly problems: readonly Diagnostic[] },
): JsonObject {
  return appliedToJson(
    plan,
    result,
    { types, applyable: false, diagnostics: problems.map(diagnosticToJson) },
    audit,
  );
}

const types = new Map(kinds.map(({ name, type }) => [name, type]));

/** Returns the source of a plan's reports. @param audit of a repair */
export function planSource(
  made: MadePlan,
  loaded: Loaded,
  args: ShowPlanArgs,
  context: Context,
  audit?: RepairAudit,
): ReportSource {
  const { plan, places, problems, warnings = [] } = made;
  return {
    text: () => planText(made, { ...args, color: false }, context, audit),
    json: () => madePlanToJson(made),
    report: (full) =>
      planReport(withPlanPlaces(plan, places), problems, {
        full,
        audit,
        warnings,
        repeatOptions: context.repeatOptions,
      }),
    where: () => sourceLocations(loaded, context),
    files: () => reportFiles(loaded, context),
  };
}

/** Returns the request of a call; ids that are known only during the apply are shown in parentheses. */
export function describeCall(call: Call): { readonly method: string; readonly path: string } {
  const { method, path } = operation(call.operation as OperationName);
  const segment = (param: string): string => {
    const id = call.params[param];
    if (id === undefined) return `{${param}}`;
    // Half a character has no encoding; what is shown may not fail for it.
    return isRef(id) ? `(${id.$ref})` : encodeURIComponent(id.toWellFormed());
  };
  return { method, path: path.replaceAll(/\{(\w+)\}/g, (_template, param: string) => segment(param)) };
}
