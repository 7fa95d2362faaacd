import type { Effect } from "../calls/call.js";
import { linkCalls } from "../calls/link-calls.js";
import type { Known } from "../calls/resolve-references.js";
import { normalizeSets } from "../diff/compare.js";
import { diffAttributes } from "../diff/diff-attributes.js";
import type { Diagnostic } from "../diagnostic.js";
import { getKind } from "../kind/kinds.js";
import type { JsonObject } from "../json/json.js";
import { isArray } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, valueAt, withValueAt } from "../json/pointer.js";
import { buildChange } from "../plan/changes/build-change.js";
import type { UnlinkedChange } from "../plan/changes/build-change.js";
import { changeRecord } from "../plan/changes/change-record.js";
import type { AttributeChange, Change, ChangeRecord, DriftClass } from "../plan/change.js";
import { blockingProblems } from "../plan/planner.js";
import { userProblem } from "../plan/changes/plan-resource.js";
import { protectionProblem } from "../plan/policy.js";
import { union } from "../state/state.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import type { LeftMember } from "./audited.js";
import type { Findings } from "./audit.js";
import { withReviewed } from "./compare.js";
import type { CompareContext, Compared } from "./compared.js";
import { uniqueBecause } from "./to-drift.js";

export interface RepairInput {
  readonly context: CompareContext;
  /** The findings of the audit that are to be repaired. */
  readonly findings: Findings;
  /** The only class to repair; undefined: both. */
  readonly only: DriftClass | undefined;
  /** True to make changes that destroy data. */
  readonly allowsDataLoss: boolean;
}

/** The changes of a repair. */
export interface Repairs {
  readonly changes: readonly Change[];
  /** The problems that prevent other changes, each with its address. */
  readonly prevented: readonly Diagnostic[];
}

/**
 * Returns the changes that bring live values to the reviewed ones. They create nothing, and change nothing that the config changed or
 * that is left to a person. A problem prevents the change of its resource only.
 */
export function* repairChanges({ context, findings, only, allowsDataLoss }: RepairInput): Steps<Repairs> {
  const prevented: Diagnostic[] = [];
  const members = findings.members.filter(({ emptied }) => emptied.length === 0);
  const drafts = [
    ...(yield* mapInSteps(findings.compared, (one) => repairOne(context, one, only, prevented))).flat(),
    ...(yield* mapInSteps(members, (one) => forgetMember(context, one))),
  ];
  prevented.push(...drafts.flatMap(blockingProblems));
  if (!allowsDataLoss) prevented.push(...drafts.flatMap(dataLossProblems));
  yield;
  const changes = linkPossible(drafts, { ...context.recorded, live: context.live }, prevented);
  return { changes, prevented };
}

/** Links the changes without a problem. Adds the problems of the others to `prevented`. */
function linkPossible(
  drafts: readonly UnlinkedChange[],
  known: Known,
  prevented: Diagnostic[],
): readonly Change[] {
  const addresses = new Set(prevented.map(({ address }) => address));
  const possible = drafts.filter(({ address }) => !addresses.has(address));
  const problems: Diagnostic[] = [];
  const changes = linkCalls(possible, known, problems);
  if (problems.length === 0) return changes;
  prevented.push(...problems);
  return linkPossible(possible, known, prevented);
}

function dataLossProblems({ address, remarks }: UnlinkedChange): readonly Diagnostic[] {
  return remarks
    .filter(({ severity }) => severity === "data-loss")
    .map(({ code, text }) => ({
      ...{ severity: "error", code, summary: "Data would be destroyed", detail: text, address },
      help: "If this is intended: chatform repair --allow-data-loss",
    }));
}

function repairOne(
  context: CompareContext,
  compared: Compared,
  only: DriftClass | undefined,
  prevented: Diagnostic[],
): readonly UnlinkedChange[] {
  const { kind, audited, recorded, emptied } = compared;
  if (compared.live === null || emptied.length > 0) return [];
  const live = normalizeSets(compared.live, kind.live.sets);
  const repaired = compared.differences.filter(({ left }) => left === undefined);
  const target = withReviewed(live, repaired, kind.live.sets);
  const { after, patch, paths } = diffAttributes(live, target);
  const attributes = paths.map((path): AttributeChange => {
    const [old, now] = [valueAt(live, path), valueAt(after, path)];
    const isDrift = repaired.some((one) => one.path === path && one.class === "drift");
    return {
      path,
      cause: isDrift ? "drift" : "membership",
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    };
  });
  const draft = buildChange(kind, { ...recorded, attributes: sentAttributes(compared, target) }, context, {
    action: attributes.length > 0 ? "update" : "no-op",
    type: attributes.length > 0 ? "update" : null,
    before: live,
    after,
    attributes,
    patch,
    record: recordAfter(context, compared, live, only),
    because: uniqueBecause(repaired),
  });
  const isProtected = (audited.declared.protect ?? false) || (recorded.protect ?? false);
  const problems = [
    protectionProblem(kind, draft, isProtected),
    userProblem(kind, recorded, { present: true, attributes: live }, draft, context),
  ];
  prevented.push(...problems.filter((one) => one !== undefined));
  return [
    { ...draft, drafts: draft.drafts.map((one) => ({ ...one, effects: ownEffects(one.effects, paths) })) },
  ];
}

/** Returns the values that calls may send beside the repaired ones: not those that are left to a person. */
function sentAttributes({ recorded, differences }: Compared, target: JsonObject): JsonObject {
  const left = new Set(differences.filter((one) => one.left !== undefined).map(({ path }) => path));
  return leaves(recorded.attributes)
    .filter(([path]) => !left.has(path))
    .reduce<JsonObject>((result, [path, value]) => {
      const now = valueAt(target, path);
      return withValueAt(result, path, now === undefined ? value : now);
    }, {});
}

/** Returns the effects on repaired attributes: a call that sends an object whole may send live values beside them. */
function ownEffects(effects: readonly Effect[], paths: readonly Pointer[]): readonly Effect[] {
  return effects.filter((effect) => !("set" in effect) || paths.includes(effect.path));
}

/**
 * Returns the record before the calls. Entries that the config added and values that it changed are not recorded, so they stay
 * pending; people who were removed outside stay applied until they are added again.
 */
function recordAfter(
  context: CompareContext,
  { kind, audited, recorded }: Compared,
  live: JsonObject,
  only: DriftClass | undefined,
): ChangeRecord {
  const { record, reviewed, lists, from } = audited;
  const follows = only !== "drift";
  const attributes = follows ? reviewed : recorded.attributes;
  const people = record?.lists === undefined ? {} : { lists: follows ? lists.now : lists.then };
  const origin = follows ? from : record?.from;
  const resolved = { ...recorded, attributes, ...people, from: origin };
  const after = changeRecord(kind, resolved, live, record, context);
  const applied = kind.live.sets.reduce((result, path) => {
    const [last, wanted] = [valueAt(record?.applied ?? {}, path), valueAt(attributes, path)];
    if (!isArray(last) || !isArray(wanted)) return result;
    const kept = new Set(wanted);
    const current = valueAt(result, path);
    const missing = last.filter((element) => kept.has(element));
    return withValueAt(result, path, union(isArray(current) ? current : [], missing));
  }, after.applied);
  return { ...after, applied: normalizeSets(applied, kind.live.sets) };
}

/** The settings of a user who left the source that gave them are forgotten, and stay as they are. */
function forgetMember(context: CompareContext, { address, record, because }: LeftMember): UnlinkedChange {
  const { id, applied: attributes } = record;
  const kind = getKind(context.kinds, record.kind);
  return buildChange(kind, { address, kind: record.kind, id, attributes, pointer: "" }, context, {
    ...{ action: "forget", type: null, before: null, after: null, attributes: [], record: null },
    because: [because],
  });
}
