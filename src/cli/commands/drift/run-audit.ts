import { isRoomAddress } from "../../../core/address.js";
import type { ApiClient } from "../../../api/client.js";
import type { Audit } from "../../../core/drift/audit.js";
import { systemClock } from "../../../core/time/clock.js";
import { findIdlePatterns } from "../../../core/drift/audit.js";
import type { Loaded } from "../../../config/load.js";
import type { DriftClass } from "../../../core/plan/change.js";
import type { AuditRequest } from "../../../engine/audit.js";
import { withMoves } from "../../../engine/plan/moves.js";
import { kinds } from "../../../resources/index.js";
import type { State } from "../../../core/state/state.js";
import { auditToJson } from "../../../views/drift/drift-json.js";
import type { Repaired } from "../../../views/notifications/notification.js";
import { renderAudit } from "../../../views/drift/drift-text.js";
import { driftReport } from "../../../views/reports/build-report.js";
import type { Context } from "../../context.js";
import { loadConfig } from "../../session/load-config.js";
import { withAuditPlaces } from "../../output/reason-places.js";
import { reportFiles, sourceLocations, withErrorPlaces } from "../../output/source-locations.js";
import type { FileArgs, SessionArgs } from "../../parse/options.js";
import { parseDuration } from "../../parse/values.js";
import type { ReportSource } from "../../output/report-source.js";
import { openStateStore } from "../../session/session.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import { showingProgress } from "../../session/progress-timer.js";
import { UsageError } from "../../parse/usage-error.js";
import { jsonText } from "../../../views/text/json-text.js";

export interface AuditArgs {
  readonly target: readonly string[];
  readonly exclude: readonly string[];
  readonly ignore: readonly string[];
  readonly notify: readonly string[];
  /** Of a repair. */
  readonly only?: DriftClass | undefined;
  readonly "allow-data-loss"?: boolean;
}

/** The input and the result of one audit. */
export interface AuditRun {
  readonly audit: Audit;
  readonly loaded: Loaded;
  readonly state: State | undefined;
  /** Of a repair that changed something. */
  readonly repaired?: Repaired;
}

/**
 * Audits once. Reads the config and the state again, as both may have changed since the last run.
 *
 * @param read the config, if it was read a moment ago
 * @throws DiagnosticsError, StateError or UsageError if the audit failed; then it is unknown whether there is drift
 */
export async function runAudit(
  api: ApiClient,
  args: AuditArgs & FileArgs & SessionArgs,
  context: Context,
  read?: Loaded,
): Promise<AuditRun> {
  const loaded = await loadAuditConfig(args, context, read);
  // No lock: an audit only reads, and must not delay a concurrent apply.
  const state = await (await openStateStore(args, loaded.state, context)).read();
  checkRooms(args.notify, loaded, state);
  const { audit } = await import("../../../engine/audit.js");
  const found = await auditing(api, { loaded, state }, args, context, audit);
  return { audit: withAuditPlaces(found, loaded), loaded, state };
}

/** Reads the config, unless it was read a moment ago. @throws UsageError for patterns of known drift that match nothing in it */
export async function loadAuditConfig(
  args: Pick<AuditArgs, "ignore"> & FileArgs,
  context: Context,
  read?: Loaded,
): Promise<Loaded> {
  const loaded = read ?? (await loadConfig(args, context));
  const [idle] = findIdlePatterns(args.ignore, loaded.resources);
  if (idle !== undefined) throw new UsageError(`--ignore ${idle} matches nothing in the config.`);
  return loaded;
}

/** Does work on what an audit needs, showing its progress. Problems that it throws get their places in the config files. */
export function auditing<T>(
  api: ApiClient,
  { loaded, state }: Pick<AuditRun, "loaded" | "state">,
  args: AuditArgs & SessionArgs,
  context: Context,
  work: (request: AuditRequest) => Promise<T>,
): Promise<T> {
  const { target: targets, exclude: excludes, ignore: ignores, only, parallelism } = args;
  const allowsDataLoss = args["allow-data-loss"];
  const patienceMs = parseDuration("--patience", args.patience);
  const chosen = { targets, excludes, ignores, only, allowsDataLoss };
  const waiting = { parallelism, patienceMs, clock: systemClock, signal: context.stop };
  const { resources, shared, moved } = loaded;
  const request = { api, kinds, resources, shared, moved, state, ...chosen, ...waiting };
  return withErrorPlaces(loaded, state, () =>
    showingProgress(context, api, (onEvent) => work({ ...request, onEvent })),
  );
}

/** Checks the rooms of `--notify` at the start, rather than at the first drift. @throws UsageError for an unknown room */
export function checkRooms(notify: readonly string[], loaded: Loaded, recorded: State | undefined): void {
  const { state, toAddress } = withMoves(recorded, loaded.moved);
  const declared = new Set(loaded.resources.map(({ address }) => address));
  const isKnown = (address: string): boolean =>
    isRoomAddress(address) && (declared.has(address) || state?.resources[address] !== undefined);
  const unknown = notify
    .filter((spec) => spec.startsWith("room=") && !spec.includes("@"))
    .map((spec) => spec.slice("room=".length))
    .find((room) => !isKnown(toAddress(room)));
  if (unknown !== undefined)
    throw new UsageError(`--notify room=${unknown}: no such room in the config or the state.`);
}

/** Returns the audit as text for stdout. */
export function auditText(
  found: Audit,
  { color, full }: { readonly color: boolean; readonly full: boolean },
  context: Context,
): string {
  return renderAudit(found, {
    style: styleFor(context, "stdout", color),
    width: terminalWidth(context),
    full,
    repeatOptions: context.repeatOptions,
  });
}

/** Returns the audit as a JSON document. @param indent spaces for each level; 0: all in one line */
export function auditJson(found: Audit, indent: number): string {
  return jsonText(auditToJson(found, types), indent);
}

const types = new Map(kinds.map(({ name, type }) => [name, type]));

/** Returns the source of an audit's reports. */
export function auditSource(
  { audit: found, loaded }: AuditRun,
  args: { readonly full: boolean },
  context: Context,
): ReportSource {
  return {
    text: () => auditText(found, { color: false, full: args.full }, context),
    json: () => auditToJson(found, types),
    report: (full) => driftReport(found, { full, repeatOptions: context.repeatOptions }),
    where: () => sourceLocations(loaded, context),
    files: () => reportFiles(loaded, context),
  };
}
