import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const [algorithm, nonceBytes, tagBytes] = ["aes-256-gcm", 12, 16] as const;

/**
 * Encrypts a text with AES-256-GCM.
 *
 * @param bound is not encrypted, but has to be the same when the text is decrypted
 * @returns the nonce, the encrypted text and the tag: base64
 */
export function seal(text: string, key: Buffer, bound: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
    "base64",
  );
}

/** Decrypts what `seal` returned. @returns undefined for anything that was changed since */
export function unseal(sealed: string, key: Buffer, bound: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  // Other spellings of the same bytes are changes too.
  if (bytes.toString("base64") !== sealed || bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
