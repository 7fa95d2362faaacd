/** A character beyond ASCII, neither white space nor a control character. */
const international = String.raw`[^\u0000-\u00a0\s\u200b\ud800-\udfff]`;
/**
 * `atext` of RFC 5322, with the characters of internationalized e-mail (RFC 6532), and dots. Dots in a row and at an end, which the RFC
 * allows in quotes only, are accepted too: some providers gave out such addresses.
 */
const unquoted = String.raw`(?:[A-Za-z0-9!#$%&'*+\-./=?^_\x60{|}~]|${international})+`;
const quoted = String.raw`"(?:[^\u0000-\u0008\u000a-\u001f\u007f-\u009f"\\\ud800-\udfff]|\\[\t -~])*"`;
const label = String.raw`(?!-)(?:[A-Za-z0-9\-]|${international})+(?<!-)`;
/** An address in the place of a domain: `[192.0.2.1]`. */
const literal = String.raw`\[[!-Z^-~]+\]`;

/** A regular expression (with the flag `u`) of an e-mail address with a local part of RFC 5322 and a domain of two or more labels. */
export const emailPattern = String.raw`(?:${unquoted}|${quoted})@(?:${label}(?:\.${label})+|${literal})`;

const whole = new RegExp(`^${emailPattern}$`, "u");

/** Returns true for an e-mail address that a config can name. */
export function isEmail(text: string): boolean {
  return whole.test(text);
}
