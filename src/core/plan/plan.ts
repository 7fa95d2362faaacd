import type { Address } from "../address.js";
import type { Change, Drift } from "./change.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { JournalEntry } from "../state/state.js";

/** The options that a plan was made with. */
export interface PlanOptions {
  readonly mode: "normal" | "refresh-only" | "destroy";
  readonly refresh: boolean;
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
}

/** A plan: plain data that survives JSON. Its leaves are API calls; whoever executes it needs nothing else. */
export interface Plan {
  readonly options: PlanOptions;
  /** The org that it was made for. It is applied in no other. */
  readonly org: OrgIdentity;
  /** Of the state that it was made with; null where there was none. */
  readonly state: { readonly lineage: string; readonly serial: number } | null;
  /** One per resource, those without a change too, sorted by address. */
  readonly changes: readonly Change[];
  /** Sorted by address. */
  readonly drift: readonly Drift[];
  /**
   * Resources that are not changed: uncertain creates of earlier runs, and recovered ones (`recovered`), of which
   * changes wait for the next plan. Sorted by address.
   */
  readonly uncertain: readonly LeftAlone[];
  /** Names of people by user id, as far as they are known: for showing, not for comparing. */
  readonly people: Readonly<Record<string, string>>;
  /** Journal entries that planning found out (ids of users, outcomes of uncertain creates), for the state. */
  readonly findings: readonly JournalEntry[];
  readonly cost: Cost;
  /** SHA-256 (hex) over what it would do and where: the same changes and calls in the same org give the same checksum. */
  readonly checksum: string;
}

/** A resource that a plan leaves alone. */
export interface LeftAlone {
  readonly address: Address;
  /** The reason and the next step, in whole sentences. */
  readonly text: string;
  readonly recovered?: true;
}

/** The cost of a plan. */
export interface Cost {
  readonly calls: number;
  /** Requests a minute that the service allows, over all tokens. */
  readonly callsPerMinute: number;
  readonly seconds: number;
}
