import type { JsonObject } from "../json/json.js";
import type { Observation } from "./behavior.js";
import type { BehaviorKey } from "./unknowns.js";

/** A request of a probe that changes something, as it is shown before, with placeholders for ids. */
export interface ShownWrite {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
  /** A clause about the purpose, in the imperative. */
  readonly purpose: string;
}

/** The result of a probe for one behavior. */
export type ProbeOutcome =
  | { readonly type: "new" | "same" | "changed"; readonly observation: Observation }
  /** `reason`: a clause. With an observation, if one is known from before. */
  | { readonly type: "not-asked"; readonly reason: string; readonly observation?: Observation };

/** The results of a probe. */
export interface ProbeFindings {
  /** By behavior, in the order of the table. */
  readonly outcomes: ReadonlyMap<BehaviorKey, ProbeOutcome>;
  /** The jid of the room. Missing: none was needed, or it could not be created. */
  readonly room?: string;
  /** The time of a create whose outcome stays unknown: the room may exist. Missing: there is none. ISO 8601, UTC. */
  readonly lostRoomAt?: string;
  /** Clauses about what the probe could not remove from the room. */
  readonly left: readonly string[];
  readonly interrupted: boolean;
}
