/*
 * Encrypted content is a JSON document of its own:
 *
 *   {"chatform_encrypted":1,"kind":"state","kdf":{"name":"scrypt",…},"lineage":"…","serial":7,"data":"…"}
 *
 * All members but `data` are readable, and bound to it: whoever changes one of them makes the data unreadable. Servers that keep
 * versions need `lineage` and `serial`.
 */
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Environment } from "../../http/environment.js";
import { variable } from "../../http/environment.js";
import type { StateErrorCode } from "../errors.js";
import { StateError } from "../errors.js";
import type { DerivedKey, KeyDerivation } from "./key.js";
import { Keys, parseKeyDerivation } from "./key.js";
import { seal, unseal } from "./sealed.js";

/** The kinds of content: none passes for another. */
export type SealedKind = "state" | "plan";

/** Encrypts and decrypts the entries of one journal. */
export interface EntryCipher {
  readonly kdf: KeyDerivation;
  /** @param line the number of the line: entries can't change places */
  seal(text: string, line: number): string;
  /** @returns undefined for an entry that was changed */
  unseal(sealed: string, line: number): string | undefined;
}

/** The content of a file or an object, decrypted. */
export interface Opened {
  readonly content: Uint8Array | string;
  /** True if the content was encrypted. */
  readonly isSealed: boolean;
}

export interface Passphrases {
  /** Encrypts what is written. Undefined: nothing is encrypted. */
  readonly current?: string | undefined;
  /** Decrypt what was written before the passphrase was changed. */
  readonly former?: readonly string[];
}

/** The shortest passphrase. */
const shortest = 16;
const names = { current: "CHATFORM_STATE_PASSPHRASE", former: "CHATFORM_STATE_PASSPHRASE_OLD" } as const;

/** Reads the passphrases from the variables. @throws StateError backend-config for a short passphrase */
function readPassphrases(env: Environment): Passphrases {
  const read = (name: string): string | undefined => {
    if ((env[name] ?? "") === "") return undefined;
    // One passphrase, whether the letters with accents are typed as one character or as two.
    const passphrase = (variable(env, name) ?? "").normalize("NFC");
    if (passphrase.length >= shortest) return passphrase;
    const detail = `${name} has fewer than ${shortest} characters.`;
    throw cipherError("backend-config", name, detail, "Make a passphrase: openssl rand -base64 32");
  };
  const [current, former] = [read(names.current), read(names.former)];
  if (current === undefined && former !== undefined)
    throw cipherError(
      "backend-config",
      names.former,
      `${names.former} is set without ${names.current}.`,
      `Set both to change the passphrase. To end the encryption, set ${names.current} only: chatform state decrypt`,
    );
  return { current, former: former === undefined ? [] : [former] };
}

const ciphers = new WeakMap<Environment, Cipher>();

/** Returns the cipher with the passphrases of the variables, one for each run: each key is derived once. @throws StateError */
export function environmentCipher(env: Environment): Cipher {
  const cipher = ciphers.get(env) ?? new Cipher(readPassphrases(env));
  ciphers.set(env, cipher);
  return cipher;
}

/** Returns a cipher that decrypts what that of the variables does, and encrypts nothing. @throws StateError */
export function decryptingCipher(env: Environment): Cipher {
  const { current, former = [] } = readPassphrases(env);
  return new Cipher({ former: current === undefined ? former : [current, ...former] });
}

/** Encrypts and decrypts states, journals and saved plans with a key from a passphrase. */
export class Cipher {
  readonly #passphrases: Passphrases;
  readonly #keys: Keys;
  /** The key for what is written. */
  #key: Promise<DerivedKey> | undefined;

  constructor(passphrases: Passphrases = {}, keys = new Keys()) {
    this.#passphrases = passphrases;
    this.#keys = keys;
  }

  /** True if written content is encrypted. */
  get isOn(): boolean {
    return this.#passphrases.current !== undefined;
  }

  /** True if there is a passphrase, be it only to decrypt. */
  get hasPassphrase(): boolean {
    return this.isOn || (this.#passphrases.former ?? []).length > 0;
  }

  /** Returns content to write: encrypted, if there is a passphrase. @param clear stays readable */
  async seal(kind: SealedKind, text: string, clear: JsonObject = {}): Promise<string> {
    const derived = await this.#ownKey();
    if (derived === undefined) return text;
    const bound = { chatform_encrypted: 1, kind, kdf: { ...derived.kdf }, ...clear };
    return JSON.stringify({ ...bound, data: seal(text, derived.key, JSON.stringify(bound)) });
  }

  /**
   * Decrypts content. Content that is not encrypted is returned as it is.
   *
   * @param restore the help of the error for changed content
   * @throws StateError state-encrypted without a passphrase, passphrase-wrong, state-damaged
   */
  async open(
    kind: SealedKind,
    content: Uint8Array | string,
    location: string,
    restore = "Restore the last good content from a copy. Nothing was changed.",
  ): Promise<Opened> {
    if (!isEncrypted(content)) return { content, isSealed: false };
    const envelope = parseEnvelope(content, kind);
    if (envelope === undefined) throw changedError(location, restore);
    const { key } = await this.#keyFor(envelope.kdf, location);
    const opened = unseal(envelope.data, key, envelope.bound);
    if (opened === undefined) throw changedError(location, restore);
    return { content: opened, isSealed: true };
  }

  /**
   * Returns content as it is written now: encrypted with the present passphrase, or decrypted.
   *
   * @returns undefined for content that needs no change, and for content that can't be decrypted
   */
  async reseal(kind: SealedKind, content: Uint8Array, location: string): Promise<string | undefined> {
    const envelope = isEncrypted(content) ? parseEnvelope(content, kind) : undefined;
    if (envelope === undefined ? !this.isOn : envelope.kdf.salt === (await this.#ownKey())?.kdf.salt)
      return undefined;
    try {
      const opened = await this.open(kind, content, location);
      return await this.seal(kind, Buffer.from(opened.content).toString());
    } catch {
      return undefined;
    }
  }

  /** Returns the cipher of a new journal; undefined without a passphrase. @param bound what the journal continues */
  async newEntries(bound: string): Promise<EntryCipher | undefined> {
    const derived = await this.#ownKey();
    return derived && toEntryCipher(derived, bound);
  }

  /** Returns the cipher of a journal that was written. @throws StateError as `open` */
  async entries(kdf: KeyDerivation, bound: string, location: string): Promise<EntryCipher> {
    return toEntryCipher(await this.#keyFor(kdf, location), bound);
  }

  async #ownKey(): Promise<DerivedKey | undefined> {
    const { current } = this.#passphrases;
    if (current === undefined) return undefined;
    this.#key ??= this.#keys.make(current);
    return this.#key;
  }

  async #keyFor(kdf: KeyDerivation, location: string): Promise<DerivedKey> {
    const { current, former = [] } = this.#passphrases;
    const passphrases = current === undefined ? former : [current, ...former];
    for (const passphrase of passphrases) {
      const found = await this.#keys.find(passphrase, kdf);
      // With the same salt, the run derives one key.
      if (found !== undefined && passphrase === current && this.#keys.isUsual(kdf))
        this.#key ??= Promise.resolve(found);
      if (found !== undefined) return found;
    }
    if (passphrases.length === 0)
      throw cipherError(
        "state-encrypted",
        location,
        `${location} is encrypted, and there is no passphrase.`,
        `Set ${names.current}.`,
      );
    throw cipherError(
      "passphrase-wrong",
      location,
      `${location} is encrypted with another passphrase.`,
      `Correct ${names.current}; if the passphrase was changed, set the earlier one as ${names.former}.`,
    );
  }
}

function toEntryCipher({ key, kdf }: DerivedKey, bound: string): EntryCipher {
  const place = (line: number): string => JSON.stringify(["journal", bound, line]);
  return {
    kdf,
    seal: (text, line) => seal(text, key, place(line)),
    unseal: (sealed, line) => unseal(sealed, key, place(line)),
  };
}

/** Returns whether content is encrypted, as far as its beginning tells. */
export function isEncrypted(content: Uint8Array | string): boolean {
  return /^\s*\{\s*"chatform_encrypted"/.test(Buffer.from(content.slice(0, 100)).toString("utf8"));
}

interface Envelope {
  readonly kdf: KeyDerivation;
  /** All members but `data`, as they were bound. */
  readonly bound: string;
  readonly data: string;
}

/** Reads an envelope of a kind, written exactly as `Cipher.seal` writes it; undefined for any other content. */
function parseEnvelope(content: Uint8Array | string, kind: SealedKind): Envelope | undefined {
  const text = Buffer.from(content).toString("utf8").trim();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const kdf = parseKeyDerivation(value["kdf"]);
  const { chatform_encrypted: _version, kind: _kind, kdf: _kdf, data, ...clear } = value;
  if (kdf === undefined || typeof data !== "string") return undefined;
  const bound = { chatform_encrypted: 1, kind, kdf, ...clear };
  if (JSON.stringify({ ...bound, data }) !== text) return undefined;
  return { kdf, bound: JSON.stringify(bound), data };
}

function changedError(location: string, restore: string): StateError {
  return cipherError("state-damaged", location, `${location} was changed since it was encrypted.`, restore);
}

function cipherError(code: StateErrorCode, location: string, detail: string, help: string): StateError {
  return new StateError({ code, location, detail, help });
}
