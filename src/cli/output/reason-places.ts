import type { Loaded } from "../../config/load.js";
import type { Place as SourcePlace } from "../../config/read/source.js";
import type { Address } from "../../core/address.js";
import type { SourceRange } from "../../core/diagnostic.js";
import type { Audit } from "../../core/drift/audit.js";
import type { LeftToPerson } from "../../core/drift/left.js";
import type { Pointer } from "../../core/json/pointer.js";
import { pointer } from "../../core/json/pointer.js";
import type { Because, Place } from "../../core/plan/because.js";
import type { Finding } from "../../core/plan/change.js";
import type { Plan } from "../../core/plan/plan.js";
import type { ApplyResult } from "../../engine/events.js";
import { blockPointers } from "./source-locations.js";
import { pathSegments } from "../../core/address.js";
import type { PlanPlaces } from "../../views/plan/plan-text.js";

/** Returns a plan whose reasons and findings have all their places. @param places missing: the plan has them */
export function withPlanPlaces(plan: Plan, places: PlanPlaces | undefined): Plan {
  if (places === undefined) return plan;
  return { ...plan, changes: plan.changes.map(places.ofChange), drift: plan.drift.map(places.ofDrift) };
}

/** Returns the result of an apply whose changes have all their places. @param places missing: the changes have them */
export function withResultPlaces(result: ApplyResult, places: PlanPlaces | undefined): ApplyResult {
  if (places === undefined) return result;
  const results = [...result.results].map(
    ([address, one]) => [address, { ...one, change: places.ofChange(one.change) }] as const,
  );
  return { ...result, results: new Map(results) };
}

/** Returns the places of what a plan shows: of a long plan, only a part is looked up. */
export function planPlaces(loaded: Loaded): PlanPlaces {
  const places = new ReasonPlaces(loaded);
  return {
    ofChange(change) {
      const at = { address: change.address, entry: change.record?.from?.entry };
      const { because, remarks } = change;
      return { ...change, because: places.addTo(because, at), remarks: places.addTo(remarks, at) };
    },
    ofDrift: (drift) => ({ ...drift, because: places.addTo(drift.because, drift) }),
  };
}

/** Returns an audit whose reasons and findings have their places in the config files. */
export function withAuditPlaces(audit: Audit, loaded: Loaded): Audit {
  const places = new ReasonPlaces(loaded);
  return {
    ...audit,
    drift: audit.drift.map((one) => ({ ...one, because: places.addTo(one.because, one) })),
    findings: audit.findings.flatMap((finding) => places.addTo([finding], finding)),
    left: audit.left.flatMap((one) => places.addTo([one], one)),
  };
}

/** A resource, and the entry of `userSettings` that its attributes come from. */
interface At {
  readonly address: Address;
  readonly entry?: string | undefined;
}

type Reasoned = Pick<Because, "path" | "reference" | "place"> | Finding | LeftToPerson;

/** Finds the places of reasons and findings. */
class ReasonPlaces {
  readonly #loaded: Loaded;
  #pointers: ReadonlyMap<Address, Pointer> | undefined;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
  }

  /** Returns the reasons with their places. Those with the same reference get the places that refer to it in turn. */
  addTo<T extends Reasoned>(reasons: readonly T[], at: At): readonly T[] {
    const used = new Map<string, number>();
    return reasons.map((reason) => {
      const path = getPath(reason);
      const key = `${path} ${reason.reference ?? ""} ${"code" in reason ? reason.code : ""}`;
      const turn = used.get(key) ?? 0;
      used.set(key, turn + 1);
      const place = this.#find(path, reason.reference, at, "code" in reason ? turn : 0);
      return place === undefined ? reason : { ...reason, place };
    });
  }

  #find(path: Pointer, reference: string | undefined, at: At, turn: number): Place | undefined {
    const { places } = this.#loaded;
    this.#pointers ??= blockPointers(this.#loaded);
    const own = this.#pointers.get(at.address);
    const entry = at.entry === undefined || at.entry === at.address ? undefined : toPointer(at.entry);
    // Settings of a user who left have no place of their own, but the source that they came from may.
    const scopes = own === undefined ? [entry, toPointer("userSettings")] : [own + path, own, entry];
    if (reference !== undefined)
      for (const scope of new Set(scopes)) {
        const found = scope === undefined ? [] : places.findReferences(reference, scope);
        const place = found[Math.min(turn, found.length - 1)];
        if (place !== undefined) return toPlace(place);
      }
    if (own !== undefined) return toPlace(places.locate(own + path, true));
    return entry === undefined ? undefined : toPlace(places.locate(entry, true));
  }
}

function getPath(reason: Reasoned): Pointer {
  if ("paths" in reason) return reason.paths.length === 1 ? (reason.paths[0] ?? "") : "";
  return "path" in reason ? (reason.path ?? "") : "";
}

function toPointer(path: string): Pointer {
  return pointer(...pathSegments(path));
}

function toPlace(found: SourcePlace | undefined): Place | undefined {
  if (found === undefined) return undefined;
  const [row] = found.related ?? [];
  return { ...startOf(found.range), ...(row === undefined ? {} : { row: startOf(row.range) }) };
}

function startOf({ file, start }: SourceRange): Place {
  return { file, line: start.line, column: start.column };
}
