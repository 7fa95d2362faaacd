import type { KnownBehavior } from "../behavior/behavior.js";
import type { JsonObject } from "../json/json.js";
import type { Intent } from "../state/state.js";
import type { OrgPeople } from "../people/org-people.js";
import type { Read, ReadResponse } from "./read.js";
import type { TokenUser } from "./resource-change.js";

/** Recognizing the object of a create whose response was lost, by comparing everything that was sent. */
export interface RecoverRole {
  /** Returns a key that is equal for creates that could be mistaken for each other. */
  similarityKey(create: Pick<Intent, "container" | "body">): string;
  /** Returns the reads that list the existing objects. */
  reads(intent: Intent, known: KnownBehavior): readonly Read[];
  /**
   * Returns the listed objects that are similar, or that the listing shows too little of to compare.
   *
   * @returns also `conclusive`: true if the created object would certainly be listed, so that its absence is proven; and `listed`:
   *   the ids of all listed objects, where it matters that an object is listed
   */
  candidates(
    intent: Intent,
    responses: readonly ReadResponse[],
    tokenUser: TokenUser,
    known: KnownBehavior,
  ): {
    readonly list: readonly Candidate[];
    readonly conclusive: boolean;
    readonly listed?: readonly string[];
  };
  /** Returns the reads for attributes that a listing does not show. */
  details(candidate: Candidate): readonly Read[];
  /** Compares a candidate with a create. @param responses to the reads of `details`, all found */
  compare(
    intent: Intent,
    candidate: Candidate,
    responses: readonly ReadResponse[],
    people: RecoverPeople,
  ): Match;
}

/** The token's user, and the e-mails that the state has, by user id. */
export type RecoverPeople = Pick<OrgPeople, "tokenUser" | "people">;

/** A live object that is similar to what a create would have made. */
export interface Candidate {
  readonly id: string;
  /** Creation time by the service's clock, in milliseconds since 1970. NaN: not listed. */
  readonly created: number;
  /** True if it is listed with exactly the text that was sent; false: with a similar text, or without one. */
  readonly sameText: boolean;
  /** The object as the service lists it. */
  readonly listed: JsonObject;
}

/** The comparison of a candidate with what a create sent. */
export interface Match {
  /** True if its text is similar to what was sent. Decides about a candidate whose text is not listed. */
  readonly alike: boolean;
  /** Creation time, where the listing does not show it. */
  readonly created?: number;
  /** True if the candidate shows everything that was sent, and no other values. */
  readonly exact: boolean;
  /** The contradictions, each as the end of a sentence: "its description differs". */
  readonly contradictions: readonly string[];
}
