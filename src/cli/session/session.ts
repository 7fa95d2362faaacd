import { homedir } from "node:os";
import type { Api } from "../../api/api.js";
import type { Connection } from "../../api/auth/connection.js";
import { connectionSecrets, hasCredentials } from "../../api/auth/connection.js";
import { readConnection } from "../../api/auth/profile.js";
import type { ApiClient, ApiOptions } from "../../api/client.js";
import { createApi } from "../../api/client.js";
import { readOnly } from "../../api/read-only.js";
import { getBehavior } from "../../core/behavior/behavior.js";
import { isCi } from "../../core/ci.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { passwordsIn } from "../../core/credentials.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { findUnmatchedSources } from "../../core/people/empty-sources.js";
import { systemClock } from "../../core/time/clock.js";
import { durationOfMs } from "../../core/time/duration.js";
import type { Environment } from "../../config/environments/choose-environment.js";
import type { Loaded } from "../../config/load.js";
import type { StateDeclaration } from "../../config/state-declaration.js";
import { safetyProblem } from "../../core/plan/policy.js";
import type { Cost, Plan } from "../../core/plan/plan.js";
import { findUnmatchedPatterns } from "../../core/plan/selection.js";
import { withUsers } from "../../core/people/with-users.js";
import type { State } from "../../core/state/state.js";
import type { OrgCheck } from "../../engine/plan/check-org.js";
import { checkOrg } from "../../engine/plan/check-org.js";
import type { PlanRequest } from "../../engine/plan/plan.js";
import { plan } from "../../engine/plan/plan.js";
import { cacheTokenReads } from "../../engine/refresh/cached-reads.js";
import { kinds } from "../../resources/index.js";
import type { StoreContext } from "../../state/open-store.js";
import { openStore } from "../../state/open-store.js";
import type { StateStore } from "../../state/store.js";
import { localStateError } from "../commands/apply/local-state-in-ci.js";
import type { Context } from "../context.js";
import { planPlaces } from "../output/reason-places.js";
import { writeNote } from "../output/note.js";
import { withRepeatedOptions } from "../output/problems.js";
import { withErrorPlaces, withPlaces } from "../output/source-locations.js";
import type { PlanArgs, SessionArgs } from "../parse/options.js";
import { checkWhole, parseDuration } from "../parse/values.js";
import { withApiWaits } from "./api-waits.js";
import { checkFormerPlace, checkPushed } from "./former-state.js";
import { withStoreWaits } from "./store-waits.js";
import type { Pace } from "../../views/apply/progress.js";
import type { PlanPlaces } from "../../views/plan/plan-text.js";
import { showingProgress } from "./progress-timer.js";
import { UsageError } from "../parse/usage-error.js";

/** The connection to the service and the store of the state, for one command. */
export interface Session {
  readonly api: Api;
  readonly store: StateStore;
  /** Reads the state, and begins with the rate limit that it knows. */
  readState(): Promise<State | undefined>;
  readonly parallelism: number;
  readonly lockTimeoutMs: number;
  readonly patienceMs: number;
  readonly pace: Pace;
  close(): Promise<void>;
}

/** The part of a config that a session needs: the org and the place of its state. */
export interface SessionConfig extends Pick<Loaded, "state" | "environment"> {
  /** The requests of an earlier run, which the service may still count. Missing: none are known. */
  readonly before?: Cost["spent"];
}

/**
 * Opens the API client and the store of the state. Sends no request.
 *
 * @throws DiagnosticsError when the credentials or the region are missing or wrong; StateError backend-config, state-elsewhere
 */
export async function openSession(
  args: SessionArgs & { readonly debug: boolean },
  { state, environment, before }: SessionConfig,
  context: Context,
): Promise<Session> {
  const times = sessionTimes(args);
  const store = await openStateStore(args, state, context);
  const client = await openApi(args, context, environment, before);
  const api = cacheTokenReads(client);
  const close = (): Promise<void> => api.close();
  const read = (): Promise<State | undefined> => readState(store, client, args, state, context);
  return { api, store, readState: read, ...times, pace: client, close };
}

/**
 * Reads the state, and lets the client begin with the rate limit that the state knows.
 *
 * @param args with --state, another place than the declared one
 * @param declared the place of the state
 * @throws StateError, state-elsewhere where a local state was not pushed to the server of the state
 */
export async function readState(
  store: StateStore,
  client: ApiClient,
  args: Pick<SessionArgs, "state">,
  declared: StateDeclaration,
  context: Pick<Context, "cwd">,
): Promise<State | undefined> {
  const state = await store.read();
  if (state === undefined && args.state === undefined) await checkPushed(declared, store.location, context);
  const limit = getBehavior(state?.behavior, "clientRateLimit", Date.now());
  if (limit !== undefined) client.expectClientLimit(limit);
  return state;
}

/** Returns the bounds of a session. @throws UsageError for a text that is no duration */
export function sessionTimes(
  args: SessionArgs,
): Pick<Session, "parallelism" | "lockTimeoutMs" | "patienceMs"> {
  return {
    parallelism: args.parallelism,
    lockTimeoutMs: parseDuration("--lock-timeout", args["lock-timeout"]),
    patienceMs: parseDuration("--patience", args.patience),
  };
}

/**
 * Opens the store that --state or the config names. Sends no request.
 *
 * @param own replaces what every command has
 * @throws StateError backend-config, state-elsewhere
 */
export async function openStateStore(
  { state, timeout }: Pick<SessionArgs, "state" | "timeout">,
  declared: StateDeclaration,
  context: Context,
  own: Pick<StoreContext, "cipher" | "note"> = {},
): Promise<StateStore> {
  if (state === undefined) await checkFormerPlace(declared, context);
  const config = state === undefined ? declared.config : { backend: "local", path: state };
  context.secrets.add(
    Object.values(config).flatMap((value) => (typeof value === "string" ? passwordsIn(value) : [])),
  );
  const store = await openStore(config, {
    ...context,
    timeoutMs: parseDuration("--timeout", timeout, 1),
    note: (text) => {
      writeNote(text, context);
    },
    ...own,
  });
  // A local file needs no lines about waits.
  return (config["backend"] ?? "local") === "local" ? store : withStoreWaits(store, context);
}

/** The settings of a connection, and the profile that they come from. */
export interface ConnectionSettings {
  readonly connection: Connection;
  readonly profile: string | undefined;
}

/** Reads the settings of the connection. @throws DiagnosticsError for credentials or a region that are missing or wrong */
export async function readSettings(
  args: Pick<SessionArgs, "profile">,
  { env, secrets }: Context,
  environment?: Environment,
): Promise<ConnectionSettings> {
  // The config is the same on a person's machine, which has profiles, and in CI, where the job's variables choose the org.
  const declared = isCi(env) && hasCredentials(env) ? undefined : environment?.profile;
  const profile = args.profile ?? declared;
  const home = env["HOME"] ?? homedir();
  const connection = await readConnection({ env, home, profile, region: environment?.region });
  secrets.add(connectionSecrets(connection));
  return {
    connection: environment === undefined ? connection : { ...connection, environment: environment.name },
    profile,
  };
}

/** Opens the API client. Sends no request. @throws DiagnosticsError as `openSession` does */
export async function openApi(
  args: SessionArgs & { readonly debug: boolean },
  context: Context,
  environment?: Environment,
  before?: Cost["spent"],
): Promise<ApiClient> {
  const { parallelism, timeout, debug } = args;
  checkWhole("--parallelism", parallelism, 1, 1000);
  // With a timeout of 0, every request would fail.
  const responseTimeoutMs = parseDuration("--timeout", timeout, 1);
  const maxWaitMs = parseDuration("--max-wait", args["max-wait"]);
  const { connection } = await readSettings(args, context, environment);
  const client = createApi({
    connection,
    ...{ parallelism, responseTimeoutMs, maxWaitMs, before },
    ...(debug ? requestLog(context) : {}),
  });
  return withApiWaits(client, context);
}

/** Writes a line for each request and each retry, for --debug. */
export function requestLog({ stderr }: Context): Required<Pick<ApiOptions, "onRequest" | "onRetry">> {
  return {
    onRequest({ method, path, result, milliseconds, attempt, token, correlationId }) {
      const again = attempt > 1 ? ` attempt ${attempt}` : "";
      stderr.write(
        `debug: ${method} ${path} -> ${result} in ${milliseconds} ms (token ${token}${again})${correlationId === undefined ? "" : ` ${correlationId}`}\n`,
      );
    },
    onRetry({ method, path, attempt, waitMs, reason }) {
      const when = waitMs > 0 ? `in ${durationOfMs(waitMs)}` : "now";
      stderr.write(`debug: ${method} ${path}: attempt ${attempt} ${when}, because of ${reason}\n`);
    },
  };
}

/**
 * Reads the org of the credentials. Not needed for `plan` and `apply`, which check the org themselves.
 *
 * @throws DiagnosticsError when the state belongs to another org
 */
export async function ownOrg(
  { api, pace }: Pick<Session, "api" | "pace">,
  state: State | undefined,
  context: Context,
): Promise<OrgCheck> {
  return showingProgress(context, pace, (onEvent) =>
    checkOrg(readOnly(api), { state }, context.stop, onEvent),
  );
}

/** A plan, with the problems that prevent its apply. */
export interface MadePlan {
  readonly plan: Plan;
  /** The places of the plan's reasons and findings, to look up those that are shown. Missing: the plan has them. */
  readonly places?: PlanPlaces | undefined;
  readonly problems: readonly Diagnostic[];
  /** Problems that do not prevent the apply. Missing: none. */
  readonly warnings?: readonly Diagnostic[];
}

/** Makes a plan. @throws DiagnosticsError when live values could not be read or users are unknown */
export async function makePlan(
  session: Session,
  loaded: Loaded,
  args: PlanArgs & Pick<SessionArgs, "state">,
  state: State | undefined,
  destroy: boolean,
  context: Context,
  { isSaved = false, onOrg }: Pick<PlanRequest, "isSaved" | "onOrg"> = {},
): Promise<MadePlan> {
  const { api, parallelism, patienceMs, pace } = session;
  const { resources, shared } = destroy ? { resources: [], shared: [] } : loaded;
  const options = {
    mode: destroy ? "destroy" : args["refresh-only"] ? "refresh-only" : "normal",
    refresh: args.refresh,
    targets: args.target,
    excludes: args.exclude,
    ...(args["allow-empty-source"].length === 0 ? {} : { allowedEmptySources: args["allow-empty-source"] }),
    ...(args["allow-second-room"].length === 0 ? {} : { allowedSecondRooms: args["allow-second-room"] }),
  } as const;
  const allowed = args["allow-deletions"];
  if (allowed !== undefined) checkWhole("--allow-deletions", allowed, 0);
  if (options.mode === "refresh-only" && !args.refresh)
    throw new UsageError("--refresh-only can't be combined with --no-refresh.");
  const addresses = loaded.resources.map(({ address }) => address);
  const unmatched = [
    ...findUnmatchedSources(args["allow-empty-source"], loaded),
    ...findUnmatchedPatterns("--allow-second-room", args["allow-second-room"], addresses, loaded.moved),
  ];
  if (unmatched.length > 0) throw new DiagnosticsError(unmatched);
  const request = {
    api,
    kinds,
    resources,
    shared,
    moved: loaded.moved,
    state,
    options,
    isSaved,
    onOrg,
    parallelism,
    patienceMs,
    signal: context.stop,
  };
  const output = await withErrorPlaces(loaded, state, () =>
    showingProgress(context, pace, (onEvent) => plan({ ...request, onEvent, clock: systemClock })),
  );
  const unsafe = safetyProblem(output.plan, loaded.safety, allowed);
  const forgotten = localStateError(output.plan, args, loaded, context);
  const problems = [...output.diagnostics, ...[unsafe, forgotten].filter((one) => one !== undefined)];
  return {
    plan: output.plan,
    places: planPlaces(loaded),
    problems: withPlaces(withRepeatedOptions(withUsers(problems, output.plan.people), context), loaded),
  };
}
