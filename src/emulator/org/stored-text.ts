import type { Variants } from "../variants.js";

/** Returns a text as the service stores it. */
export function storedText({ texts }: Pick<Variants, "texts">, text: string): string {
  switch (texts) {
    case "keep":
      return text;
    case "trim":
      return text.trim();
    case "crlf":
      return text.replaceAll(/\r?\n/g, "\r\n");
    case "decompose":
      return text.normalize("NFD");
    default:
      return texts satisfies never;
  }
}
