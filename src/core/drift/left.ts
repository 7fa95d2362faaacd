import type { Address } from "../address.js";
import type { Diagnostic } from "../diagnostic.js";
import type { DiagnosticCode } from "../diagnostic-codes.js";
import { byCodeUnit } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves } from "../json/pointer.js";
import type { Emails, EntryKey, SourceMembers } from "../people/people-lists.js";
import { emptyText, entryReference } from "../people/people-lists.js";
import type { ResolvedShared } from "../people/shared-declaration.js";
import { groupBy } from "../multimap.js";
import type { Place } from "../plan/because.js";
import type { Steps } from "../time/turns.js";
import { mapInSteps } from "../time/turns.js";
import type { Findings } from "./audit.js";
import type { AuditScope } from "./audited.js";
import type { LeftReason } from "./compare.js";
import type { Compared } from "./compared.js";
import { attributeName, listed, preventedIn, unresolvedPeople } from "./left-problems.js";

/** Why something is left to a person. */
export const leftReasons = [
  "conflict",
  "unknown",
  "emptied",
  "unread",
  "prevented",
  "missing",
  "pending",
  "uncertain",
] as const;

/** Something that repair leaves to a person. */
export interface LeftToPerson {
  readonly address: Address;
  /**
   * `conflict`: the live value and the config changed. `unknown`: the desired value is unknown. `emptied`: a source gives nobody any
   * more. `unread`: the resource, or one that it depends on, could not be read. `prevented`: a problem prevents the change.
   * `missing`: the resource no longer exists. `pending`: the config changed. `uncertain`: an uncertain create.
   */
  readonly reason: (typeof leftReasons)[number];
  /** The attributes, sorted; none: the resource as a whole. */
  readonly paths: readonly Pointer[];
  /** For people, to read behind the address: `subject changed outside, and in the config too`. */
  readonly text: string;
  /** The sources that give nobody any more, as references: `group:Support`. Missing: none. */
  readonly sources?: readonly string[];
  /** The code of the problem. */
  readonly code?: DiagnosticCode;
  /** The next step. Missing: the one of all entries with this reason. */
  readonly help?: string;
  /** The person or source in the config that it is about, to find its place: `group:Support`. */
  readonly reference?: string;
  readonly place?: Place;
}

/** Returns true unless the next apply is all that is needed. */
export function needsPerson({ reason }: Pick<LeftToPerson, "reason">): boolean {
  return reason !== "pending";
}

/** The parts of a config and a state that an audit does not compare. */
export interface LeftScope extends Pick<AuditScope, "pending" | "removed"> {
  /** Uncertain creates. */
  readonly uncertain: readonly Address[];
  /** The problems of unknown, ambiguous and unreadable people and sources, by reference. */
  readonly unknown: ReadonlyMap<string, Diagnostic>;
  /** The blocks for many users. */
  readonly shared: readonly ResolvedShared[];
  /** The resources that could not be read, and those that depend on them. */
  readonly unread: readonly LeftToPerson[];
  /** The problems that prevent changes. */
  readonly prevented: readonly Diagnostic[];
  /** Missing: none were read. */
  readonly sources?: SourceMembers | undefined;
  /** E-mails by user id, for texts. */
  readonly people: Emails;
}

/** Returns everything that repair leaves to a person, sorted by address. */
export function* toLeftList(
  { compared, members }: Findings,
  { pending, removed, uncertain, shared, unread, prevented, ...scope }: LeftScope,
): Steps<readonly LeftToPerson[]> {
  const whole = (
    addresses: readonly Address[],
    reason: LeftToPerson["reason"],
    text: string,
  ): readonly LeftToPerson[] => addresses.map((address) => ({ address, reason, paths: [], text }));
  const unsure = new Set(uncertain);
  const preventedAt = groupBy(prevented, ({ address }) => address);
  return [
    ...unread,
    ...(yield* mapInSteps(compared, (one) => leftIn(one, scope))).flat(),
    ...(yield* mapInSteps(compared, (one) => preventedIn(one, preventedAt))).flat(),
    ...shared.flatMap(({ declaration: { entry, members, except } }) =>
      unresolvedPeople(entry, "", [...members, ...except], scope),
    ),
    ...members
      .filter(({ emptied }) => emptied.length > 0)
      .map(({ address, emptied }): LeftToPerson => ({
        ...{ address, reason: "emptied", paths: [], sources: emptied.map(entryReference) },
        text: `${emptiedText(emptied, scope)}; the settings stay in the state`,
      })),
    ...whole(
      pending.filter((address) => !unsure.has(address)),
      "pending",
      "not applied yet",
    ),
    ...whole(removed, "pending", "no longer in the config"),
    ...whole(uncertain, "uncertain", "the create is uncertain"),
  ].sort((a, b) => byCodeUnit(a.address, b.address));
}

const leftTexts: Readonly<Record<"conflict" | "unknown", string>> = {
  conflict: "changed outside, and in the config too",
  unknown: "changed outside, and the desired value is unknown",
};

function leftIn(
  { audited, live, differences, pending, emptied }: Compared,
  scope: Pick<LeftScope, "unknown" | "sources" | "people">,
): readonly LeftToPerson[] {
  const { address } = audited;
  if (live === null) {
    return audited.joined === true
      ? [{ address, reason: "pending", paths: [], text: "not applied yet" }]
      : [{ address, reason: "missing", paths: [], text: "no longer exists" }];
  }
  const toLeft = (reason: LeftToPerson["reason"], paths: readonly Pointer[], text: string): LeftToPerson => ({
    ...{ address, reason, paths, text: `${listed(paths.map(attributeName))} ${text}` },
  });
  const getPaths = (reason: LeftReason): readonly Pointer[] => [
    ...new Set(differences.filter(({ left }) => left === reason).map(({ path }) => path)),
  ];
  const held = emptied.length === 0 ? [] : [toLeft("emptied", getPaths("emptied"), "stay unchanged")];
  const reasons = ["conflict", "unknown"] as const;
  return [
    ...held.map((one) => ({
      ...one,
      text: `${emptiedText(emptied, scope)}; ${one.text}`,
      sources: emptied.map(entryReference),
    })),
    ...leaves(audited.declared.attributes).flatMap(([path, value]) =>
      unresolvedPeople(address, path, value, scope),
    ),
    ...reasons
      .map((reason) => toLeft(reason, getPaths(reason), leftTexts[reason]))
      .filter(({ paths }) => paths.length > 0),
    ...(pending.length === 0 ? [] : [toLeft("pending", pending, "changed in the config")]),
  ];
}

function emptiedText(
  emptied: readonly EntryKey[],
  { sources, people }: Pick<LeftScope, "sources" | "people">,
): string {
  return `${listed(emptied.map((key) => emptyText(key, sources, people)))} now`;
}
