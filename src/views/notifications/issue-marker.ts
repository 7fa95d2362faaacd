import { createHash } from "node:crypto";
import type { Audit } from "../../core/drift/audit.js";
import type { Json } from "../../core/json/json.js";
import { asJson, canonicalJson, isObject } from "../../core/json/json.js";
import { valueAt } from "../../core/json/pointer.js";
import type { Drift } from "../../core/plan/change.js";
import { groupBy } from "../../core/multimap.js";
import { auditVerdict } from "../drift/drift-json.js";
import { getLeftDrift } from "../drift/drift-text.js";

/** The part of an issue that chatform reads back: hidden in the first line of its body. */
export interface IssueMarker {
  /** Tells the environment, the org and the config that the issue is about. */
  readonly key: string;
  /** False once chatform has closed the issue. An issue that was closed by a person still has true. */
  readonly isOpen: boolean;
  /** Changes with every word of the report that is not about the run. */
  readonly content: string;
  /** A sum of the drift of each address, to tell what changed. Missing where that is too long. */
  readonly entries?: Readonly<Record<string, string>>;
}

/** The longest list of entries that an issue keeps, in characters of JSON. */
const maxEntries = 12_000;

/** Returns the marker of the issue of an audit that found drift. @param mask hides secrets in addresses */
export function issueMarker(
  key: string,
  audit: Audit,
  mask: (text: string) => string = (text) => text,
): IssueMarker {
  const entries = Object.fromEntries(
    Object.entries(driftByAddress(audit)).map(([address, found]) => [mask(address), sum(found)]),
  );
  const kept = JSON.stringify(entries).length <= maxEntries ? { entries } : {};
  return { key, isOpen: true, content: auditContent(audit), ...kept };
}

/** Returns a text that is equal for audits that say the same: of drift, what is left, and findings. */
export function auditContent(audit: Audit): string {
  if (auditVerdict(audit) === "in-sync") return "in-sync";
  const { baseline, pending, uncertain, findings } = audit;
  return sum(asJson({ baseline, pending, uncertain, findings, found: driftByAddress(audit) }));
}

function driftByAddress(audit: Audit): Readonly<Record<string, Json>> {
  const left = getLeftDrift(audit).map(
    // The text of an error has an id that is new in each run.
    ({ address, reason, paths, code = "" }) => [address, [reason, ...paths, code]] as const,
  );
  const drift = audit.drift.map((one) => [one.address, valuesIn(one)] as const);
  const groups = groupBy([...drift, ...left], ([address]) => address);
  const values = [...groups].map(([address, some]) => [address, some.map(([, value]) => value)] as const);
  return Object.fromEntries(values);
}

function valuesIn({ before, after, paths, ...drift }: Drift): Json {
  const values = paths.map((path) => [
    path,
    valueAt(before, path) ?? null,
    valueAt(after ?? {}, path) ?? null,
  ]);
  return [drift.class, after === null, values];
}

/** Returns the key of the issues about one environment, org and config. */
export function issueKey(parts: readonly string[]): string {
  return sum(parts);
}

function sum(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}

const pattern = /^<!-- chatform-drift v1 ([A-Za-z0-9+/=]+) -->/;

/** Returns a marker as a comment in HTML. Nothing in it can end the comment, as base64 has none of its characters. */
export function markerText(marker: IssueMarker): string {
  return `<!-- chatform-drift v1 ${Buffer.from(JSON.stringify(marker)).toString("base64")} -->`;
}

/** Returns the marker at the very beginning of a body: others' texts, which may hold a marker too, stand behind it. */
export function readMarker(body: string): IssueMarker | undefined {
  const [, encoded] = pattern.exec(body) ?? [];
  if (encoded === undefined) return undefined;
  const value = parse(Buffer.from(encoded, "base64").toString());
  if (!isObject(value)) return undefined;
  const { key, isOpen, content, entries } = value;
  if (typeof key !== "string" || typeof content !== "string") return undefined;
  return { key, isOpen: isOpen !== false, content, ...(isTexts(entries) ? { entries } : {}) };
}

function isTexts(value: Json | undefined): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((one) => typeof one === "string");
}

/** Returns a body with another marker in the place of its own. */
export function withMarker(body: string, marker: IssueMarker): string {
  return body.replace(pattern, () => markerText(marker));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
