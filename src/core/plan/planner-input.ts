import type { Address } from "../address.js";
import type { Finding } from "./change.js";
import type { KnownBehavior } from "../behavior/behavior.js";
import type { RequestBudget } from "./request-budget.js";
import type { Kinds } from "../kind/kinds.js";
import type { LiveValue } from "../kind/read.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import type { ResolvedShared } from "../people/shared-declaration.js";
import type { SourceMembers } from "../people/people-lists.js";
import type { OrgPeople } from "../people/org-people.js";
import type { Orphan } from "./changes/orphans.js";
import type { OrgIdentity } from "../org/org-identity.js";
import type { PlanOptions } from "./plan.js";
import type { RemovedRoom } from "./renames/probable-renames.js";
import type { JournalEntry, State } from "../state/state.js";
import type { Known } from "../calls/resolve-references.js";

export interface PlannerInput extends OrgPeople {
  readonly kinds: Kinds;
  /** The org of the credentials, as far as it is known. */
  readonly org: OrgIdentity;
  /** The declared and selected resources. References to users and groups are replaced. */
  readonly resources: readonly Resource[];
  /** The declared resources that are not selected. References to people may not be replaced. Missing: none. */
  readonly unselected?: readonly Resource[];
  /** The declarations for many users, from which some of the resources were expanded. Missing: none. */
  readonly shared?: readonly ResolvedShared[];
  /** Missing: none were read. */
  readonly sources?: SourceMembers;
  /** The selected orphans. */
  readonly orphans: readonly Orphan[];
  /** The rooms that are no longer in the config, selected or not. Missing: none. */
  readonly removedRooms?: readonly RemovedRoom[];
  /** The state, including the journal entries from planning. */
  readonly state: State | undefined;
  /** Live values. A missing resource was not read: it has no id yet, or its live value is not needed. */
  readonly live: ReadonlyMap<Address, LiveValue>;
  readonly options: PlanOptions;
  /** Uncertain creates by address, with the next step. */
  readonly uncertain: ReadonlyMap<Address, string>;
  /** Addresses of creates recovered during planning: this plan only records them. */
  readonly recovered: ReadonlySet<Address>;
  /** Additional findings by address. */
  readonly remarks?: ReadonlyMap<Address, readonly Finding[]>;
  readonly people: Readonly<Record<string, string>>;
  readonly findings: readonly JournalEntry[];
  readonly budget: RequestBudget;
  /** True for a plan that a later run applies. Missing: this run applies it. */
  readonly isSaved?: boolean;
  /** The observed behavior of the service. Missing: none. */
  readonly behavior?: KnownBehavior;
}

/** A declared and selected resource, with what every step of planning needs. */
export interface PlannedResource {
  readonly resource: Resource;
  readonly resolved: ResolvedResource;
  readonly live: LiveValue | undefined;
}

/** The planner's input with values derived from it. */
export interface PlannerContext extends PlannerInput {
  readonly known: Known;
  /** `resources`, with their references replaced once. */
  readonly planned: readonly PlannedResource[];
}
