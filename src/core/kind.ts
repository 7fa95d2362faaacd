import type { Address } from "./address.js";
import type { AttributeChange, Finding } from "./plan/change.js";
import type { CallDraft } from "./calls/call.js";
import type { Json, JsonObject } from "./json/json.js";
import type { Pointer } from "./json/pointer.js";
import type { Id, Ref } from "./calls/reference.js";
import type { Intent } from "./state/state.js";

/** A declared thing as its kind expands it: what shall be, in the API's field names. */
export interface Resource {
  readonly address: Address;
  readonly kind: string;
  /** Live identity where the files fix it: a room's jid, a user. Else it comes from the state. */
  readonly id?: Id;
  /** What it lives in, where its calls need that: the room or user of a message. */
  readonly container?: Id;
  /** Declared attributes only. May hold references. */
  readonly attributes: JsonObject;
  /** Settings of the kind's own, for its `goal`: `{ participantsMode: "additive" }`. */
  readonly options?: JsonObject;
  /** Top-level attributes that others own once it exists. */
  readonly ignore?: readonly string[];
  readonly protect?: boolean;
  readonly onRemove?: "retain" | "empty";
  /** Addresses that are created before this one, for order's sake. References imply theirs. */
  readonly after?: readonly Address[];
  /** Addresses that it can't be made without, beside those that its references name. */
  readonly needs?: readonly Address[];
  /** Its place in the desired state. */
  readonly pointer: Pointer;
}

/** A resource whose references are replaced as far as anybody knows while planning. */
export interface ResolvedResource extends Optional<Omit<Resource, "id" | "container">> {
  readonly id?: string | undefined;
  /** Where the id comes from, if it is made by another change of the same plan. */
  readonly idFrom?: Ref | undefined;
  /** A reference while what it lives in has yet to be created. */
  readonly container?: Id | undefined;
  /** What the state says was applied. */
  readonly applied?: JsonObject | undefined;
}

/** The same, but what may be missing may be undefined, too. */
type Optional<T> = {
  readonly [Member in keyof T]: undefined extends T[Member] ? T[Member] | undefined : T[Member];
};

/** One read of the live state. Equal reads of several resources are made once. */
export interface Read {
  /** A `read` operation of the operations table. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** This path parameter takes several values, separated by commas: reads that differ only in it are joined, `max` in one. */
  readonly batch?: { readonly param: string; readonly max: number };
  /** How further pages are asked for, where there are any; the pages' `entities` are joined. */
  readonly pages?: "nextUri" | "pageNumber";
}

/** The answer to a read: its body, or that the service says there is no such thing (404). */
export type ReadResponse = { readonly found: true; readonly body: Json } | { readonly found: false };

/** What is live: attributes in the API's field names and the kind's normal form. */
export type Live = { readonly present: true; readonly attributes: JsonObject } | { readonly present: false };

/** Facts of the world beside the resource. */
export interface World {
  /** The id of the user that the token belongs to; null: a token without a user; undefined: not asked. */
  readonly actor: string | null | undefined;
}

/** What an existing resource shall become: only attributes that are to be compared. */
export interface Goal {
  readonly attributes: JsonObject;
  readonly remarks?: readonly Finding[];
}

/** A change as the planner hands it to its kind, to be turned into calls. */
export interface ResourceChange {
  readonly subject: ResolvedResource;
  readonly type: "create" | "update" | "delete";
  /** Live attributes; empty for a create. */
  readonly before: JsonObject;
  /** Attributes after it; empty for a delete. May hold references. */
  readonly after: JsonObject;
  readonly attributes: readonly AttributeChange[];
  readonly world: World;
}

/** What happens to a resource that has left the files. */
export type Removal =
  /** Left as it is. */
  | { readonly action: "forget" }
  | { readonly action: "delete" }
  /** Brought to the attributes that `goal` makes of what is live, then forgotten; `reads` names what has to be read for it. */
  | { readonly action: "reset"; readonly reads: JsonObject; readonly goal: (live: JsonObject) => JsonObject };

export interface RemovalContext {
  readonly destroy: boolean;
  /** Whether what it lives in (the room of a message) leaves the files too. */
  readonly containerLeaves: boolean;
  readonly original: JsonObject;
}

/** Where a kind's part of the desired state stands: the values of the pattern's `*`. */
export interface Place {
  /** `["incident-bridge", "rules"]` for `rooms/ROOM/messages/NAME`. */
  readonly keys: readonly string[];
  readonly pointer: Pointer;
}

/** A rule of the kind's that the declared block breaks. */
export interface Problem {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
  readonly help?: string;
  /** Where, in the whole document. */
  readonly pointer: Pointer;
  /** Whether the caret goes under the member's name rather than its value. */
  readonly atKey?: boolean;
}

/** Members that a kind adds to the schema of the desired state. */
export interface Declaration {
  /** A path of the desired state with `*` for names: `rooms/*`; "" is the top level. */
  readonly at: string;
  /** JSON Schemas by member name. */
  readonly properties: Readonly<Record<string, JsonObject>>;
  /** JSON Schema of the names at the last `*`. */
  readonly names?: JsonObject;
  readonly anyOf?: readonly JsonObject[];
  readonly required?: readonly string[];
  readonly description?: string;
}

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
  check(block: Block, place: Place): readonly Problem[];
  /** The resources of this kind that a block declares. */
  expand(block: Block, place: Place): readonly Resource[];
  /** The reads that show what is live of the subject's attributes: none for what isn't declared. It has an `id`. */
  reads(subject: ResolvedResource): readonly Read[];
  /**
   * A read to make a second time before a resource counts as gone, by another operation than `reads` where there is one;
   * undefined: the `reads` themselves.
   */
  recheck?(subject: ResolvedResource): Read;
  /** What the answers to `reads`, in their order, say. */
  decode(subject: ResolvedResource, answers: readonly ReadResponse[], world: World): Live;
  /**
   * Whether planning this needs to know whose token it is: `must`: its calls need a token that belongs to a user. Asked
   * before and after the live value is known.
   */
  needsActor(subject: ResolvedResource, live: Live | undefined): "no" | "helps" | "must";
  goal(subject: ResolvedResource, live: JsonObject, world: World): Goal;
  calls(move: ResourceChange): readonly CallDraft[];
  remarks(move: ResourceChange): readonly Finding[];
  /** Things that a person would miss: how many there are in these live attributes. */
  countable(live: JsonObject): number;
  remove(subject: ResolvedResource, context: RemovalContext): Removal;
  /** Attributes with which `reads` reads all that can be declared. Their values don't matter. */
  readonly whole: JsonObject;
  /** The declared form of what is live: what `expand` would read back, as members of the block at `at`. */
  express(subject: ResolvedResource, live: JsonObject, names: Names): JsonObject;
  /** How to find out whether a create whose answer was lost did happen; undefined: it creates nothing by a `creates` call. */
  readonly find?: Find;
}

/** How an export writes ids: as people would. */
export interface Names {
  /** A user's e-mail, or the id where nobody knows it. */
  readonly person: (id: string) => string;
  /** The address of a live thing that is exported too. */
  readonly address: (id: string) => Address | undefined;
}

/** A live thing that looks like what a create would have made. */
export interface Candidate {
  readonly id: string;
  /** When it was created, by the service's clock: milliseconds since 1970. NaN: the listing does not say. */
  readonly created: number;
  /** Whether it is listed with the text that was sent. Otherwise with one like it, or with none. */
  readonly sameText: boolean;
  /** As the service lists it. */
  readonly listed: JsonObject;
}

/** How a candidate compares to what a create sent. */
export interface Match {
  /** Whether its text is like what was sent. Only that makes it a candidate, where the listing shows none. */
  readonly alike: boolean;
  /** When it was created, where the listing does not say. */
  readonly created?: number;
  /** Whether everything that was sent shows, and nothing else. */
  readonly exact: boolean;
  /** What cannot be if it is the one, each as the end of a sentence: "its description differs". */
  readonly contradictions: readonly string[];
}

/** Recognizes what a create made whose response was lost. Likeness is not identity: everything that was sent is compared. */
export interface Find {
  /** Equal for creates of which each could be taken for the other. */
  likeness(create: Pick<Intent, "container" | "body">): string;
  /** The reads that list what there is. */
  reads(intent: Intent): readonly Read[];
  /**
   * The listed things that look like it, or of which too little is listed to tell.
   *
   * @returns also whether the thing would surely be listed: then finding none proves that there is none
   */
  candidates(
    intent: Intent,
    answers: readonly ReadResponse[],
    world: World,
  ): { readonly list: readonly Candidate[]; readonly conclusive: boolean };
  /** The reads that show what a listing does not. */
  details(candidate: Candidate): readonly Read[];
  /** @param answers to the reads of `details`, all found */
  compare(intent: Intent, candidate: Candidate, answers: readonly ReadResponse[], world: World): Match;
}
