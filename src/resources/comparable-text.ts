import { plainText } from "../core/compare.js";
import type { Json } from "../core/json.js";

/** A text in the form in which it is compared: equal for texts that `sameValue` takes for the same. */
export function comparableText(text: Json | undefined): string {
  return typeof text === "string" ? plainText(text) : "";
}
