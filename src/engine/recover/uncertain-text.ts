import type { Intent } from "../../core/state/state.js";
import { shellWord } from "../../core/shell-word.js";
import type { CreateCandidate } from "./match-creates.js";

/** The most similar objects that are named. */
const maxNamed = 3;

/** Describes an uncertain create: the evidence and the next step. */
export function uncertainText({ address, at }: Intent, sightings: readonly CreateCandidate[]): string {
  return (
    `A request to create the resource was sent at ${at}, and the response was lost: the resource may exist. ${evidence(sightings)} ` +
    `If the resource exists: chatform import ${shellWord(address)} ID. If not: chatform state forget ${shellWord(address)}.`
  );
}

function evidence(sightings: readonly CreateCandidate[]): string {
  const possible = sightings.filter(({ contradictions }) => contradictions.length === 0).map(({ id }) => id);
  const contradicted = sightings.filter(({ contradictions }) => contradictions.length > 0);
  if (sightings.length === 0)
    return "Nothing that these credentials can see shows whether the resource exists.";
  const named = contradicted
    .slice(0, maxNamed)
    .map(({ id, contradictions }) => `${id} is similar, but ${contradictions.join(", and ")}.`);
  const more = contradicted.length - named.length;
  return [
    ...(possible.length === 0 ? [] : [`The resource could be ${possible.join(" or ")}.`]),
    ...named,
    ...(more > 0 ? [`${more} more objects are similar.`] : []),
  ].join(" ");
}
