import { escaped, quoted, safeLine } from "../../core/safe-text.js";
import { escapeJson } from "../../views/text/json-text.js";
import { escapeMarkup } from "../../views/reports/template.js";

/** Returns the spellings of a secret in outputs: as it is, escaped as in texts, JSON and HTML, and encoded for URLs and headers. */
export function secretSpellings(secret: string): ReadonlySet<string> {
  const inQuotes = JSON.stringify(secret);
  // Most secrets are plain ASCII: then the pattern of acting characters need not be compiled.
  const json = (/^[ -~]*$/.test(secret) && !secret.includes("##") ? inQuotes : escapeJson(inQuotes)).slice(
    1,
    -1,
  );
  const texts = [secret, json, escaped(secret)];
  const lines = [...texts.map((text) => safeLine(text, Infinity)), quoted(secret, Infinity).slice(1, -1)];
  return new Set([
    ...texts,
    ...lines,
    ...[...texts, ...lines].map(escapeMarkup),
    ...urlEncoded(secret),
    ...base64(secret),
  ]);
}

function urlEncoded(text: string): readonly string[] {
  const form = new URLSearchParams({ "": text }).toString().slice(1);
  // Half a character has no encoding.
  return [form, encodeURIComponent(text.toWellFormed())];
}

/** Returns the characters that a text makes in base64, whatever stands before and behind it. */
function base64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const bits = (before + bytes.length) * 8;
    const own = encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
