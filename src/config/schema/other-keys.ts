import { nearest } from "../../core/nearest.js";

/** Keys by the words that people and other tools have for them. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...["members", "users", "people", "attendees"].map((word) => [word, "participants"] as const),
  ...["name", "title", "topic"].map((word) => [word, "subject"] as const),
  ...["text", "message", "content"].map((word) => [word, "body"] as const),
  ["locals", "variables"],
  ["terraform", "state"],
  ["backend", "state"],
  ["lifecycle", "protect"],
]);

/** Returns the known key that an unknown key means: one that is spelled alike, or another word for it. */
export function similarKey(name: string, known: readonly string[]): string | undefined {
  const synonym = synonyms.get(name.toLowerCase());
  return nearest(name, known) ?? (synonym !== undefined && known.includes(synonym) ? synonym : undefined);
}
