import type { KnownBehavior } from "../behavior/behavior.js";
import type { BehaviorKey } from "../behavior/unknowns.js";
import type { CallDraft } from "../calls/call.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { OrgPeople } from "../people/org-people.js";
import type { SharedDeclaration } from "../people/shared-declaration.js";
import type { Finding } from "../plan/change.js";
import type { BlockPath, Declaration, NameLookup, Problem } from "./declaration.js";
import type { LiveValue, Read, ReadResponse } from "./read.js";
import type { RecoverRole } from "./recover-role.js";
import type { Goal, Removal, RemovalContext, ResourceChange, TokenUser } from "./resource-change.js";
import type { ResolvedResource, Resource } from "./resource.js";

/** An attribute that needs more than its value to be compared or shown. */
export interface Attribute {
  /** A list whose order does not matter. */
  readonly set?: true;
  /** A list of user ids, shown as e-mails. */
  readonly users?: true;
}

/**
 * A kind of resource: pure functions, grouped in a role for each stage of a run.
 * `defineKind` fills in the defaults; docs/adding-a-kind.md walks through an example.
 */
export interface Kind<Block = JsonObject> {
  /** The name in the state and the plan, equal to the pattern of the kind's addresses: `rooms/*`. */
  readonly name: string;
  /** The name in Terraform's plan format: `chat_room`. */
  readonly type: string;
  /** The name of one resource in messages: "room". */
  readonly title: string;
  readonly declare: DeclareRole<Block>;
  readonly live: LiveRole;
  readonly plan: PlanRole;
  /** Missing: the kind has no create that must not be sent twice. */
  readonly recover?: RecoverRole;
}

/** The kind's part of the configuration. */
export interface DeclareRole<Block = JsonObject> {
  /** The path of the kind's block in the desired state: `rooms/*`; "" is the top level. */
  readonly at: string;
  /** The members that the kind adds to the schema. */
  readonly schema: readonly Declaration[];
  /** Returns the problems of a block that its schema cannot express. Default: none. */
  check(block: Block, path: BlockPath): readonly Problem[];
  /** Returns the resources of this kind that a block declares. */
  expand(block: Block, path: BlockPath): readonly Resource[];
  /** Returns live attributes in their declared form, as members of the block at `at`: the inverse of `expand`. */
  toBlock(resource: ResolvedResource, live: JsonObject, names: NameLookup): JsonObject;
  /** Returns the comment that an export writes above the block. Default: none. */
  comment(live: JsonObject): string | undefined;
  /** A block that declares the kind's attributes for many users. Missing: there is none. */
  readonly shared?: SharedRole;
}

/** A kind's block for many users, such as an entry of `userSettings`. */
export interface SharedRole<Block = JsonObject> {
  /** The path of the block: `userSettings/*`. */
  readonly at: string;
  readonly schema: readonly Declaration[];
  /** Returns the problems of a block that its schema cannot express. */
  check(block: Block, path: BlockPath): readonly Problem[];
  /** Returns what the block declares. Its members become resources once they are known. */
  expand(block: Block, path: BlockPath): SharedDeclaration;
}

/** Reading the kind's resources. */
export interface LiveRole {
  /** Attributes by path: sets, lists of users, and everything that `reads` depends on. Default: none. */
  readonly attributes: Readonly<Record<Pointer, Attribute>>;
  /** The paths of `attributes` that are sets. */
  readonly sets: readonly Pointer[];
  /** The paths of `attributes` that hold user ids. */
  readonly users: readonly Pointer[];
  /**
   * Returns the reads that show the declared attributes of a resource that has an `id`. Fewer elements in lists need no other reads:
   * reads begin before references to people are replaced.
   */
  reads(resource: ResolvedResource): readonly Read[];
  /**
   * The behavior that tells if the response to a call holds what the kind's only read returns: then the response may confirm the
   * call. Missing: responses confirm nothing.
   */
  readonly response?: BehaviorKey;
  /** Returns the reads that confirm a 404, by another operation where there is one. Default: `reads`, each alone. */
  recheck(resource: ResolvedResource): readonly Read[];
  /** Returns the live attributes in the responses to `reads`, in their order. */
  decode(resource: ResolvedResource, responses: readonly ReadResponse[], tokenUser: TokenUser): LiveValue;
}

/** Planning changes of the kind's resources. */
export interface PlanRole {
  /** An existing object that the state does not record is shown as `adopt`, and `import` records it. Default: false. */
  readonly adopts: boolean;
  /** The state keeps the values from before the first change, and `destroy` restores them. Default: false. */
  readonly restores: boolean;
  /** Calls for which `dependsOnUser` is true need a token that belongs to a user. Default: false. */
  readonly needsUser: boolean;
  /** Returns true if the plan depends on the token's user. Asked without and with the live value. Default: false. */
  dependsOnUser(resource: ResolvedResource, live: LiveValue | undefined): boolean;
  /** Returns the desired values of an existing resource. Default: its declared attributes. */
  goal(resource: ResolvedResource, live: JsonObject, people: OrgPeople): Goal;
  /** Returns the calls that make a change. */
  calls(change: ResourceChange): readonly CallDraft[];
  /** Returns the findings about a change. @param known the observed behavior of the service. Default: none. */
  findings(change: ResourceChange, known: KnownBehavior): readonly Finding[];
  /** Returns the number of items in live attributes that a deletion counts: participants, messages, pins. Default: 0. */
  countItems(live: JsonObject): number;
  /** Returns the removal of a resource that is no longer in the config. Default: restored by `destroy` if `restores`, else forgotten. */
  remove(resource: ResolvedResource, context: RemovalContext): Removal;
}
