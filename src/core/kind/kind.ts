import type { CallDraft } from "../calls/call.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import type { Finding } from "../plan/change.js";
import type { Declaration, NameLookup, BlockPath, Problem } from "./declaration.js";
import type { LiveValue, Read, ReadResponse } from "./read.js";
import type { RecoverRole } from "./recover-role.js";
import type { Goal, Removal, RemovalContext, ResourceChange, World } from "./resource-change.js";
import type { ResolvedResource, Resource } from "./resource.js";

/**
 * A kind of resource: pure functions from values to values. It does no I/O and keeps nothing. Every kind has these members in this order;
 * docs/adding-a-kind.md walks through one.
 *
 * `Block` is the declared form at `at`, as `declares` describes it.
 */
export interface Kind<Block = JsonObject> {
  /** As the state and the plan name it: `rooms/*`. Equal to the pattern of its addresses. */
  readonly name: string;
  /** As Terraform's plan format names it: `chat_room`. */
  readonly type: string;
  /** One of them, for people: "room". */
  readonly title: string;
  /** Permissions that people need to know of: docs and errors name them. Operations it may call, sorted. */
  readonly operations: readonly string[];
  /** Where in the desired state its block stands: `rooms/*`. */
  readonly at: string;
  readonly declares: readonly Declaration[];
  /** Attributes whose order doesn't matter. */
  readonly sets: readonly Pointer[];
  /** Attributes that hold user ids, for which views show names. */
  readonly people: readonly Pointer[];
  /** Whether taking over an existing one is shown as `adopt`. */
  readonly adopts: boolean;
  /** Whether `destroy` brings back the values from before chatform's first change: the state keeps them. */
  readonly restores: boolean;
  /** Problems that the schema can't show. */
  check(block: Block, place: BlockPath): readonly Problem[];
  /** The resources of this kind that a block declares. */
  expand(block: Block, place: BlockPath): readonly Resource[];
  /** The reads that show what is live of the subject's attributes: none for what isn't declared. It has an `id`. */
  reads(subject: ResolvedResource): readonly Read[];
  /**
   * A read to make a second time before a resource counts as gone, by another operation than `reads` where there is one;
   * undefined: the `reads` themselves.
   */
  recheck?(subject: ResolvedResource): Read;
  /** What the answers to `reads`, in their order, say. */
  decode(subject: ResolvedResource, answers: readonly ReadResponse[], world: World): LiveValue;
  /**
   * Whether planning this needs to know whose token it is: `must`: its calls need a token that belongs to a user. Asked
   * before and after the live value is known.
   */
  needsActor(subject: ResolvedResource, live: LiveValue | undefined): "no" | "helps" | "must";
  goal(subject: ResolvedResource, live: JsonObject, world: World): Goal;
  calls(move: ResourceChange): readonly CallDraft[];
  remarks(move: ResourceChange): readonly Finding[];
  /** Things that a person would miss: how many there are in these live attributes. */
  countable(live: JsonObject): number;
  remove(subject: ResolvedResource, context: RemovalContext): Removal;
  /** Attributes with which `reads` reads all that can be declared. Their values don't matter. */
  readonly whole: JsonObject;
  /** The declared form of what is live: what `expand` would read back, as members of the block at `at`. */
  express(subject: ResolvedResource, live: JsonObject, names: NameLookup): JsonObject;
  /** How to find out whether a create whose answer was lost did happen; undefined: it creates nothing by a `creates` call. */
  readonly find?: RecoverRole;
}
