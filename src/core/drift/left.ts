import type { Address } from "../address.js";
import { refsIn } from "../calls/reference.js";
import { byCodeUnit } from "../json/json.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, tokens } from "../json/pointer.js";
import type { EntryKey } from "../people/people-lists.js";
import { emptyText, entryKey, entryReference, entryText } from "../people/people-lists.js";
import type { Findings } from "./audit.js";
import type { AuditScope } from "./audited.js";
import type { LeftReason } from "./compare.js";
import type { Compared } from "./compared.js";

/** Something that repair leaves to a person. */
export interface LeftToPerson {
  readonly address: Address;
  /**
   * `conflict`: the live value and the config changed. `unknown`: the desired value is unknown. `emptied`: a source gives nobody any
   * more. `missing`: the resource no longer exists. `pending`: the config changed. `uncertain`: an uncertain create.
   */
  readonly reason: LeftReason | "missing" | "pending" | "uncertain";
  /** The attributes, sorted; none: the resource as a whole. */
  readonly paths: readonly Pointer[];
  /** For people, to read behind the address: `subject changed outside, and in the config too`. */
  readonly text: string;
  /** The sources that give nobody any more, as references: `group:Support`. Missing: none. */
  readonly sources?: readonly string[];
}

/** Returns true unless the next apply is all that is needed. */
export function needsPerson({ reason }: Pick<LeftToPerson, "reason">): boolean {
  return reason !== "pending";
}

/** The parts of a config and a state that an audit does not compare. */
export interface LeftScope extends Pick<AuditScope, "pending" | "removed"> {
  /** Uncertain creates. */
  readonly uncertain: readonly Address[];
  /** References to unknown, ambiguous and unreadable people and sources. */
  readonly unknown: ReadonlySet<string | undefined>;
}

/** Returns everything that repair leaves to a person, sorted by address. */
export function toLeftList(
  { compared, members }: Findings,
  { pending, removed, uncertain, unknown }: LeftScope,
): readonly LeftToPerson[] {
  const whole = (
    addresses: readonly Address[],
    reason: LeftToPerson["reason"],
    text: string,
  ): readonly LeftToPerson[] => addresses.map((address) => ({ address, reason, paths: [], text }));
  const unsure = new Set(uncertain);
  return [
    ...compared.flatMap((one) => leftIn(one, unknown)),
    ...members
      .filter(({ emptied }) => emptied.length > 0)
      .map(({ address, emptied }): LeftToPerson => ({
        ...{ address, reason: "emptied", paths: [], sources: emptied.map(entryReference) },
        text: `${emptiedText(emptied)}; the settings stay in the state`,
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
  unknown: LeftScope["unknown"],
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
      text: `${emptiedText(emptied)}; ${one.text}`,
      sources: emptied.map(entryReference),
    })),
    ...unresolvedPeople(audited.declared.attributes, unknown).map(([path, entries]): LeftToPerson => {
      const verb = entries.length === 1 ? "is" : "are";
      const names = listed(entries.map(entryText));
      const text = `${names} in ${attributeName(path)} ${verb} unknown or ambiguous in Genesys Cloud`;
      return { address, reason: "unknown", paths: [path], text };
    }),
    ...reasons
      .map((reason) => toLeft(reason, getPaths(reason), leftTexts[reason]))
      .filter(({ paths }) => paths.length > 0),
    ...(pending.length === 0 ? [] : [toLeft("pending", pending, "changed in the config")]),
  ];
}

function attributeName(path: Pointer): string {
  return tokens(path).join(".");
}

/** Returns `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

function emptiedText(sources: readonly EntryKey[]): string {
  return `${listed(sources.map(emptyText))} now`;
}

/** Returns the people and sources of each list that could not be resolved: also those in the exceptions of a source. */
function unresolvedPeople(
  attributes: JsonObject,
  unknown: LeftScope["unknown"],
): readonly (readonly [Pointer, readonly EntryKey[]])[] {
  return leaves(attributes).flatMap(([path, value]) => {
    const refs = refsIn(value).filter(({ $ref }) => unknown.has($ref));
    return refs.length === 0 ? [] : [[path, refs.map(entryKey)] as const];
  });
}
