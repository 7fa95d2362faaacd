import type { Address } from "../address.js";
import { matchAnyPattern, unmatchedPatterns } from "../address-patterns.js";
import { byCodeUnit } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, tokens } from "../json/pointer.js";
import type { Resource } from "../kind/resource.js";
import { groupBy } from "../multimap.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { Drift, DriftClass, Finding } from "../plan/change.js";
import type { Move } from "../state/moved-addresses.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import type { Baseline, LeftMember } from "./audited.js";
import type { Compared } from "./compared.js";
import type { LeftToPerson } from "./left.js";
import { needsPerson } from "./left.js";
import { missingDrift, toDrift } from "./to-drift.js";

/** The result of an audit. Plain data. */
export interface Audit {
  /** The org of the credentials, as far as it is known. */
  readonly org: OrgIdentity;
  readonly baseline: Baseline;
  /** The compared resources, sorted by address. */
  readonly audited: readonly { readonly address: Address; readonly kind: string }[];
  /** The drift, without the ignored part, sorted by address, then by class. */
  readonly drift: readonly Drift[];
  /** The number of attributes and resources that drifted and are ignored. */
  readonly ignored: number;
  /** Resources that are declared but were never applied: no recorded value to compare with. */
  readonly pending: readonly Address[];
  /** Uncertain creates of an earlier run. */
  readonly uncertain: readonly Address[];
  /** Everything that repair leaves to a person, sorted by address. */
  readonly left: readonly LeftToPerson[];
  /** The classes of which repair removes drift. */
  readonly repairable: readonly DriftClass[];
  /** People in additive rooms that nobody declared, departed users, and the like; sorted by address. */
  readonly findings: readonly AuditFinding[];
  /** E-mails by user id. */
  readonly people: Readonly<Record<string, string>>;
  /** The addresses that the next apply or repair renames in the state. Missing: none. */
  readonly moves?: readonly Move[];
}

export interface AuditFinding extends Finding {
  readonly address: Address;
}

/** The comparisons of an audit, from which its result and the repair follow. */
export interface Findings {
  readonly compared: readonly Compared[];
  readonly members: readonly LeftMember[];
}

/** Returns everything that changed since the last apply, sorted by address, then by class. */
export function* toDriftList({ compared, members }: Findings): Steps<readonly Drift[]> {
  const found = yield* mapInSteps(compared, (one): readonly Drift[] => {
    const { kind, recorded, live, differences } = one;
    return live === null ? missing(one) : toDrift(kind, recorded, live, differences);
  });
  const forgotten = members.map(({ address, record, because }): Drift => ({
    ...{ address, kind: record.kind, class: "membership", before: record.applied },
    ...{ after: null, paths: [], because: [because] },
  }));
  return [...found.flat(), ...forgotten].sort((a, b) => byCodeUnit(a.address, b.address));
}

/** A resource that was never applied to a user is not missing. */
function missing({ kind, recorded, audited }: Compared): readonly Drift[] {
  return audited.joined === true ? [] : [missingDrift(kind, recorded)];
}

/**
 * Returns the drift that is left once these resources are repaired: what is left to a person, and the others' drift.
 *
 * @param repaired addresses of which every change was made
 */
export function remainingDrift({ drift, left }: Audit, repaired: ReadonlySet<Address>): readonly Drift[] {
  const leftAt = groupBy(left.filter(needsPerson), ({ address }) => address);
  const isLeft = (address: Address, path: Pointer | undefined): boolean =>
    (leftAt.get(address) ?? []).some(({ paths }) =>
      path === undefined ? paths.length === 0 : paths.includes(path),
    );
  return drift.flatMap((one): readonly Drift[] => {
    if (!repaired.has(one.address)) return [one];
    if (one.after === null) return isLeft(one.address, undefined) ? [one] : [];
    const paths = one.paths.filter((path) => isLeft(one.address, path));
    return paths.length === 0 ? [] : [{ ...one, paths }];
  });
}

/** Returns the findings of one class only. */
export function ofClass({ compared, members }: Findings, wanted: DriftClass | undefined): Findings {
  if (wanted === undefined) return { compared, members };
  return {
    compared: compared
      .filter(({ live }) => live !== null || wanted === "drift")
      .map((one) => ({ ...one, differences: one.differences.filter((each) => each.class === wanted) })),
    members: wanted === "membership" ? members : [],
  };
}

/** Returns the classes of which repair removes drift. @param changes the changes of the repair */
export function getRepairable(
  { compared, members }: Findings,
  changes: readonly Pick<Resource, "address">[],
): readonly DriftClass[] {
  const changed = new Set(changes.map(({ address }) => address));
  const classes = compared
    .filter(({ audited }) => changed.has(audited.address))
    .flatMap(({ differences }) => differences.filter(({ left }) => left === undefined))
    .map((difference) => difference.class);
  const forgets = members.some(({ emptied }) => emptied.length === 0);
  return [...new Set([...classes, ...(forgets ? (["membership"] as const) : [])])].sort(byCodeUnit);
}

/** Findings without their ignored part. */
export interface Ignored extends Findings {
  /** The number of ignored attributes and resources. */
  readonly ignored: number;
}

/**
 * Removes the differences that `patterns` name: a resource by its address, or an attribute by its address and its path
 * (`rooms/incident-bridge/description`), both with `*` and `**`. The name of an attribute includes everything in it.
 */
export function withoutIgnored({ compared, members }: Findings, patterns: readonly string[]): Ignored {
  const matches = matchAnyPattern(patterns);
  let ignored = 0;
  const kept = compared.flatMap((one): readonly Compared[] => {
    const { address } = one.audited;
    const isKept = (path: Pointer): boolean =>
      !matches(address) && !attributeNames(address, path).some(matches);
    if (one.live === null && matches(address)) {
      ignored += 1;
      return [];
    }
    const differences = one.differences.filter(({ path }) => isKept(path));
    const hidden = one.differences.filter(({ path }) => !isKept(path));
    ignored += new Set(hidden.map((each) => `${each.class} ${each.path}`)).size;
    return [{ ...one, differences }];
  });
  const others = members.filter(({ address }) => !matches(address));
  return { compared: kept, members: others, ignored: ignored + members.length - others.length };
}

/** Returns the names of an attribute: `users/a/settings/mobile`, `users/a/settings/mobile/notifications`, ... */
function attributeNames(address: Address, path: Pointer): readonly string[] {
  const parts = tokens(path);
  return parts.map((_part, at) => `${address}/${parts.slice(0, at + 1).join("/")}`);
}

/** Returns the patterns that match none of these resources nor their attributes. */
export function findIdlePatterns(
  patterns: readonly string[],
  resources: readonly Pick<Resource, "address" | "attributes">[],
): readonly string[] {
  if (patterns.length === 0) return [];
  const names = resources.flatMap(({ address, attributes }) => [
    address,
    ...leaves(attributes).flatMap(([path]) => attributeNames(address, path)),
  ]);
  return unmatchedPatterns(patterns, names);
}
