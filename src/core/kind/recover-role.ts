import type { JsonObject } from "../json/json.js";
import type { Intent } from "../state/state.js";
import type { Read, ReadResponse } from "./read.js";
import type { World } from "./resource-change.js";

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
export interface RecoverRole {
  /** Equal for creates of which each could be taken for the other. */
  similarityKey(create: Pick<Intent, "container" | "body">): string;
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
