import { resolve } from "node:path";
import type { Loaded } from "../../../config/load.js";
import type { Check, Topic } from "../../../core/doctor/check.js";
import { failed, passed, topics, warned } from "../../../core/doctor/check.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { State } from "../../../core/state/state.js";
import { VERSION } from "../../../core/version.js";
import { getConfigNeeds } from "../../../engine/doctor/config-needs.js";
import type { ServiceExamination, ServiceInput } from "../../../api/diagnosis/examine-service.js";
import { examineService } from "../../../api/diagnosis/examine-service.js";
import { checkIdentity, checkPurpose, checkUser } from "../../../engine/doctor/identity-checks.js";
import { getPlanNeeds } from "../../../engine/doctor/plan-needs.js";
import type { ServicePlace } from "../../../api/diagnosis/service-place.js";
import { checkOrg } from "../../../engine/plan/check-org.js";
import { kinds } from "../../../resources/index.js";
import type { Context } from "../../context.js";
import { toDiagnostics } from "../../output/errors.js";
import { parseDuration } from "../../parse/values.js";
import { readConfig } from "../../session/load-config.js";
import { readSettings } from "../../session/session.js";
import { readPlanFile } from "../plan/plan-file.js";
import type { SavedPlan } from "../plan/show-plan.js";
import { isValid } from "../validate/validate-reports.js";
import { checkConfig } from "./config-check.js";
import type { DoctorArgs } from "./doctor.js";
import { openDoctorClient } from "./doctor-client.js";
import { sessionDefaults } from "./session-defaults.js";
import { toServicePlace } from "./service-place.js";
import { examineState } from "./state-check.js";
import { environmentCipher } from "../../../state/encryption/cipher.js";

/** Makes all checks, those of the service and of the state at the same time. */
export async function examine(args: DoctorArgs, context: Context): Promise<readonly Check[]> {
  const timeoutMs = parseDuration("--timeout", args.timeout, 1);
  const saved = args.plan === undefined ? undefined : await readPlan(args.plan, context);
  const loaded = await readConfig(args, context);
  const [service, { checks: ofState, state }] = await Promise.all([
    examineConnection(args, loaded, timeoutMs, context),
    examineState({ ...sessionDefaults, ...args }, loaded, context),
  ]);
  const { settings, examination, input } = service;
  try {
    const { identity } = examination;
    const checks = [
      passed("versions", `chatform ${VERSION}, Node.js ${process.versions.node}, ${process.platform}.`),
      checkConfig(loaded, args),
      ...settings,
      ...examination.checks,
      ...(identity === undefined
        ? []
        : [checkIdentity(identity), ...permissionChecks(identity, loaded, saved)]),
      ...ofState,
      ...(identity === undefined || input === undefined ? [] : await checkStateOrg(input, state, context)),
    ];
    const order = Object.keys(topics);
    return checks.sort((a, b) => order.indexOf(a.topic) - order.indexOf(b.topic));
  } finally {
    await service.close();
  }
}

async function readPlan(file: string, context: Context): Promise<SavedPlan> {
  const saved = await readPlanFile(resolve(context.cwd, file), file, environmentCipher(context.env));
  context.secrets.add(saved.plan.sensitive ?? []);
  return saved;
}

interface ConnectionExamination {
  /** The checks of the settings. */
  readonly settings: readonly Check[];
  readonly examination: ServiceExamination;
  /** Undefined without usable settings. */
  readonly input?: ServiceInput;
  close(): Promise<void>;
}

async function examineConnection(
  args: DoctorArgs,
  { environment }: Loaded,
  timeoutMs: number,
  context: Context,
): Promise<ConnectionExamination> {
  try {
    const { connection, profile } = await readSettings(args, context, environment);
    const place = toServicePlace(connection, context, profile, environment);
    const { client, input } = openDoctorClient(connection, place, { timeoutMs, debug: args.debug }, context);
    const examination = await examineService(input);
    return { settings: [settingsCheck(place)], examination, input, close: () => client.close() };
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    const settings = toDiagnostics(error).map((problem) => toCheck("settings", problem));
    return { settings, examination: { checks: [] }, close: () => Promise.resolve() };
  }
}

function settingsCheck({ api: { name, setting, proxy } }: ServicePlace): Check {
  const through = proxy === undefined ? "" : `, through the proxy ${proxy.url}`;
  return passed("settings", `${name} (${setting})${through}.`);
}

/** Returns the failure for a problem that another command reports. */
function toCheck(topic: Topic, { code, summary, detail = summary, help = "" }: Diagnostic): Check {
  return failed(topic, code, { text: detail, help });
}

function permissionChecks(
  identity: NonNullable<ServiceExamination["identity"]>,
  loaded: Loaded,
  saved: SavedPlan | undefined,
): readonly Check[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const ofConfig = isValid(loaded) ? getConfigNeeds(loaded, byName) : undefined;
  const ofPlan = saved === undefined ? undefined : getPlanNeeds(saved.plan, byName);
  const apply = ofPlan ?? ofConfig?.apply;
  const { permissions } = identity;
  return [
    ...(ofConfig === undefined
      ? []
      : [
          checkPurpose(
            {
              topic: "permissions-plan",
              needs: ofConfig.plan.toPermissions(),
              // A plan that was saved to be applied needs no other plan.
              ...(saved?.origin === undefined
                ? { status: "failure" }
                : { status: "warning", note: "The apply of a saved plan does not need them." }),
            },
            permissions,
          ),
        ]),
    ...(apply === undefined
      ? []
      : [
          checkPurpose(
            {
              topic: "permissions-apply",
              needs: apply.toPermissions(),
              ...(ofPlan === undefined
                ? { status: "warning", note: "To check one plan only: chatform doctor --plan FILE" }
                : { status: "failure" }),
            },
            permissions,
          ),
          ...checkUser(identity, apply.ofUsers()),
        ]),
  ];
}

/** Compares the org of the token with the state's. */
async function checkStateOrg(
  { api }: ServiceInput,
  state: State | undefined,
  { stop }: Context,
): Promise<readonly Check[]> {
  if (state === undefined) return [];
  const notices: string[] = [];
  try {
    await checkOrg(api, { state }, stop, (event) => {
      if (event.type === "notice") notices.push(event.text);
    });
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    return error.diagnostics.map((problem) => toCheck("org", problem));
  }
  return notices.length === 0
    ? [passed("org", "The credentials belong to the org of the state.")]
    : notices.map((text) =>
        warned("org", "org-unverified", { text, help: "Use credentials that reveal their org." }),
      );
}
