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
import { pathSegments } from "../../core/address.js";
import type { Steps } from "../../core/time/turns.js";
import { mapInSteps } from "../../core/time/turns.js";

/** Returns a plan whose reasons and findings have their places in the config files. */
export function* withPlanPlaces(plan: Plan, loaded: Loaded): Steps<Plan> {
  const places = new ReasonPlaces(loaded);
  return {
    ...plan,
    changes: yield* mapInSteps(plan.changes, (change) => {
      const at = { address: change.address, entry: change.record?.from?.entry };
      const { because, remarks } = change;
      return { ...change, because: places.addTo(because, at), remarks: places.addTo(remarks, at) };
    }),
    drift: yield* mapInSteps(plan.drift, (one) => ({ ...one, because: places.addTo(one.because, one) })),
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
  readonly #pointers: ReadonlyMap<Address, Pointer>;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    this.#pointers = new Map([
      ...loaded.shared.map(({ entry, pointer: own }) => [entry, own] as const),
      ...loaded.resources.map((resource) => [resource.address, resource.pointer] as const),
    ]);
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
