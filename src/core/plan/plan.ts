import type { Address } from "../address.js";
import type { Change, Drift } from "./change.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { DepartedUser } from "../people/org-people.js";
import type { JournalEntry } from "../state/state.js";

/** The options that a plan was made with. */
export interface PlanOptions {
  readonly mode: "normal" | "refresh-only" | "destroy" | "repair";
  readonly refresh: boolean;
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /** Sources that may give nobody: `--allow-empty-source`. Missing: none. */
  readonly allowedEmptySources?: readonly string[];
  /** Rooms that may be created beside a room that they resemble: `--allow-second-room`. Missing: none. */
  readonly allowedSecondRooms?: readonly string[];
}

/** A plan: plain JSON with every API call to make. */
export interface Plan {
  readonly options: PlanOptions;
  /** The org of the plan. The plan cannot be applied in another org. */
  readonly org: OrgIdentity;
  /** The state that the plan was made with; null if there was none. */
  readonly state: { readonly lineage: string; readonly serial: number } | null;
  /** One change per resource, including no-ops, sorted by address. */
  readonly changes: readonly Change[];
  /** Sorted by address. */
  readonly drift: readonly Drift[];
  /**
   * Resources that are not changed: uncertain creates of earlier runs, and recovered ones (`recovered`), which the next plan
   * may change. Sorted by address.
   */
  readonly uncertain: readonly LeftAlone[];
  /** Known e-mails of users by id, for display only. Two users may have one e-mail. */
  readonly people: Readonly<Record<string, string>>;
  /** The departed users that the changes or their findings are about, by id. */
  readonly departed: Readonly<Record<string, DepartedUser["state"]>>;
  /** Journal entries from planning: renamed addresses, user ids, outcomes of uncertain creates. */
  readonly findings: readonly JournalEntry[];
  readonly cost: Cost;
  /** Values of sensitive variables, which outputs mask, in a saved plan. Missing: none. */
  readonly sensitive?: readonly string[];
  /** SHA-256 (hex): equal for the same changes and calls in the same org. */
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
  /** The requests of the whole apply: the calls, and the reads that check and confirm them. Missing in older plans. */
  readonly requests?: number;
  /** Requests a minute that the service allows, over all tokens. */
  readonly callsPerMinute: number;
  readonly seconds: number;
  /** The setting that makes the apply faster. Missing: there is none. */
  readonly faster?: string;
  /** The requests of planning that the service may still count when a saved plan is applied, oldest first. Missing: none. */
  readonly spent?: readonly Spent[];
}

/** Requests of a run that count within the limit of all tokens of a client together. */
export interface Spent {
  readonly requests: number;
  /** The time of the last one. */
  readonly at: string;
}

/** Returns the addresses of recovered creates: an apply records their resources, even if nothing else is to do. */
export function getRecovered(findings: Plan["findings"]): readonly Address[] {
  return findings.flatMap((entry) =>
    entry.type === "record" && entry.resource !== null ? [entry.address] : [],
  );
}
