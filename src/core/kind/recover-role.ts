import type { JsonObject } from "../json/json.js";
import type { Intent } from "../state/state.js";
import type { Read, ReadResponse } from "./read.js";
import type { TokenUser } from "./resource-change.js";

/** Recognizes the object of a create whose response was lost. Similar is not equal: everything that was sent is compared. */
export interface RecoverRole {
  /** Returns a text that is equal for creates of which each could be taken for the other. */
  similarityKey(create: Pick<Intent, "container" | "body">): string;
  /** Returns the reads that list the existing objects. */
  reads(intent: Intent): readonly Read[];
  /**
   * Returns the listed objects that are similar, or of which too little is listed to tell.
   *
   * @returns also `conclusive`: true if the created object would certainly be listed, so that finding none proves that there is none
   */
  candidates(
    intent: Intent,
    responses: readonly ReadResponse[],
    tokenUser: TokenUser,
  ): { readonly list: readonly Candidate[]; readonly conclusive: boolean };
  /** Returns the reads for attributes that a listing does not show. */
  details(candidate: Candidate): readonly Read[];
  /** @param responses to the reads of `details`, all found */
  compare(
    intent: Intent,
    candidate: Candidate,
    responses: readonly ReadResponse[],
    tokenUser: TokenUser,
  ): Match;
}

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
  /** True if it shows everything that was sent, and nothing else. */
  readonly exact: boolean;
  /** The facts that speak against it, each as the end of a sentence: "its description differs". */
  readonly contradictions: readonly string[];
}
