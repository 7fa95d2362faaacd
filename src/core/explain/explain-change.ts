import type { Address } from "../address.js";
import { pathSegments, segmentName } from "../address.js";
import { isArray } from "../json/json.js";
import type { Json, JsonObject } from "../json/json.js";
import { sameId } from "../jid.js";
import { tokens, valueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import type { ResolvedResource } from "../kind/resource.js";
import { departedOwner } from "../people/org-people.js";
import type { RecordedOrigin, SharedOrigin } from "../people/shared-declaration.js";
import { isMoved, originSources } from "../people/shared-declaration.js";
import type { Emails, EntryKey } from "../people/people-lists.js";
import {
  entryKey,
  entryReference,
  entryText,
  findException,
  isSourceKey,
  membershipText,
} from "../people/people-lists.js";
import type { Id } from "../calls/reference.js";
import type { RecordedResource } from "../state/state.js";
import type { Because } from "../plan/because.js";
import type { ChangeValues } from "../plan/changes/build-change.js";
import type { AttributeChange, Finding } from "../plan/change.js";
import { explainPeople } from "./explain-people.js";
import type { LeftOrigin } from "./origin-reasons.js";
import { givenBy, joinedReason, leftReason } from "./origin-reasons.js";
import type { PlannerContext } from "../plan/planner-input.js";

type Values = Pick<ChangeValues, "action" | "before" | "after" | "attributes">;

/** The resources of a state, by address. */
type Recorded = Readonly<Record<string, RecordedResource>>;

/** Explains the change of a declared resource. */
export function explainChange(
  context: PlannerContext,
  kind: Kind,
  resolved: ResolvedResource,
  { action, before, after, attributes }: Values,
): readonly Because[] {
  if (attributes.length === 0 && action === "no-op") return [];
  const known = context.state?.resources[resolved.address];
  const recorded = action !== "create" && sameId(known?.id, resolved.id) ? known : undefined;
  const { users } = kind.live;
  const others = action === "create" ? [] : attributes.filter(({ path }) => !users.includes(path));
  const ofAttributes = others.map((attribute) => attributeReason(context, resolved, recorded, attribute));
  // Hot path: concat makes a list of the size that it needs, and a spread a longer one.
  return resourceReasons(context, kind, resolved, action, known).concat(
    ofAttributes,
    users.flatMap((path) =>
      explainPeople(path, listAt(before, path), listAt(after, path), {
        desired: resolved.lists?.[path] ?? {},
        recorded: recorded?.lists?.[path] ?? {},
        applied: isArray(valueAt(recorded?.applied, path))
          ? listAt(recorded?.applied ?? null, path)
          : undefined,
        departed: context.departed,
        people: context.people,
        sources: context.sources,
      }),
    ),
  );
}

function listAt(attributes: JsonObject | null, path: string): readonly Json[] {
  const value = valueAt(attributes ?? {}, path);
  return isArray(value) ? value : [];
}

function resourceReasons(
  { known, people }: PlannerContext,
  kind: Kind,
  { id, from, address }: ResolvedResource,
  action: Values["action"],
  recorded: RecordedResource | undefined,
): readonly Because[] {
  if (action === "create" && recorded !== undefined)
    return [{ reason: "removed-outside", text: "removed outside" }];
  if (action === "create" || action === "adopt") return [{ reason: "declared", text: "declared" }];
  const isRecreated = recorded !== undefined && !kind.plan.adopts && !sameId(recorded.id, id);
  if (isRecreated) return [{ reason: "recreated", text: "re-created with another id" }];
  if (recorded !== undefined || from === undefined || from.entry === address) return [];
  return [sharedReason(known.state?.resources, from, people)];
}

/** Explains the settings of a user whom an entry for many users gives them. */
function sharedReason(
  recorded: Recorded | undefined,
  { entry, source }: SharedOrigin,
  people: Emails,
): Omit<Because, "path"> {
  const given = givenBy(source, people);
  if (!isSourceKey(source)) return { reason: "declared", text: `declared in ${entry}`, ...given };
  return getAppliedSources(recorded ?? {})
    .get(entry)
    ?.has(source) === true
    ? joinedReason(source, people)
    : { reason: "declared", text: membershipText(source, "member", people), ...given };
}

/** Kept by the resources of a state: a search in all of them for each user of a block would take quadratic time. */
const appliedSources = new WeakMap<Recorded, ReadonlyMap<string, ReadonlySet<EntryKey>>>();

/** Returns the sources of each block for many users that gave settings at the last apply. */
function getAppliedSources(recorded: Recorded): ReadonlyMap<string, ReadonlySet<EntryKey>> {
  const known = appliedSources.get(recorded);
  if (known !== undefined) return known;
  const byEntry = new Map<string, Set<EntryKey>>();
  for (const { from } of Object.values(recorded)) {
    if (from === undefined) continue;
    const sources = byEntry.get(from.entry) ?? new Set<EntryKey>();
    byEntry.set(from.entry, sources);
    for (const source of originSources(from)) sources.add(source);
  }
  appliedSources.set(recorded, byEntry);
  return byEntry;
}

function attributeReason(
  context: PlannerContext,
  { from, address }: ResolvedResource,
  recorded: RecordedResource | undefined,
  { path, cause }: AttributeChange,
): Because {
  const entry = from === undefined || from.entry === address ? undefined : from.entry;
  const place = entry ?? "the config";
  const { people } = context;
  switch (cause) {
    case "drift":
      return { path, reason: "changed-outside", text: "changed outside" };
    case "conflict":
      return { path, reason: "both-changed", text: `changed in ${place} and outside` };
    case "config":
    case "membership": {
      if (from === undefined || entry === undefined)
        return recorded === undefined
          ? { path, reason: "declared", text: "declared" }
          : { path, reason: "changed-in-config", text: "changed in the config" };
      if (isMoved(from, recorded?.from)) {
        const reason =
          recorded?.from !== undefined && hasLeft(context, address, recorded.from, recorded.id)
            ? leftReason(toLeft(context, recorded.from, recorded.id), people, from)
            : sharedReason(context.known.state?.resources, from, people);
        return { path, ...reason };
      }
      return {
        path,
        reason: "changed-in-config",
        text: `changed in ${entry}`,
        source: entryText(from.source, people),
      };
    }
    default:
      return cause satisfies never;
  }
}

/** Explains the removal of a resource that is no longer declared. */
export function explainOrphan(
  context: PlannerContext,
  address: Address,
  { id, container, from }: RecordedResource,
): readonly Because[] {
  if (context.options.mode === "destroy") return [{ reason: "destroyed", text: "destroyed" }];
  const { people } = context;
  const given = from === undefined ? {} : givenBy(from.source, people);
  if (departedOwner({ id, container }, context) !== undefined)
    return [{ reason: "departed", text: "departed", ...given }];
  if (from === undefined || !hasLeft(context, address, from, id))
    return [{ reason: "not-in-config", text: "no longer in the config" }];
  if (!isSourceKey(from.source))
    return [{ reason: "recreated", text: "re-created with another id", ...given }];
  return [leftReason(toLeft(context, from, id), people)];
}

/** Returns the end of the settings that an entry gave a user. */
function toLeft(
  { shared = [], sources }: PlannerContext,
  { entry, source }: RecordedOrigin,
  user: string,
): LeftOrigin {
  const block = shared.find(({ declaration }) => declaration.entry === entry);
  const except = (block?.declaration.except ?? []).map((one) => entryKey(one as Id));
  return { source, exception: findException(source, user, sources, except) };
}

/** Returns true if the entry that gave a user's settings still names its sources, and none of them gives the user any more. */
function hasLeft(
  { shared = [] }: PlannerContext,
  address: Address,
  from: RecordedOrigin,
  id: string,
): boolean {
  const block = shared.find(({ declaration }) => declaration.entry === from.entry);
  const names = [id, `user:${segmentName(pathSegments(address)[1] ?? "")}`];
  const isExcepted = block?.declaration.except.some((one) => names.includes(entryKey(one as Id))) === true;
  return !isExcepted && originSources(from).every((source) => block?.entries[source]?.includes(id) === false);
}

const none = [] as const;

/** Returns a note for each value of a user's settings on which two entries for many users disagree. */
export function conflictFindings({ address, from }: ResolvedResource, people: Emails): readonly Finding[] {
  if (from?.overruled === undefined) return none;
  return from.overruled
    .filter(({ by }) => by !== address)
    .map(({ path, entry, source, value, by }) => ({
      code: "settings-conflict",
      severity: "note",
      text: `${tokens(path).join(".")} comes from ${by}. ${entry} (${entryText(source, people)}) has ${JSON.stringify(value)}, which does not count.`,
      reference: entryReference(source),
    }));
}
