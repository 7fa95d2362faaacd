import { randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { isObject } from "../../core/json/json.js";

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** The derivation of a key from a passphrase: scrypt (RFC 7914), with its parameters. */
export interface KeyDerivation {
  readonly name: "scrypt";
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** Base64. */
  readonly salt: string;
  /** Tells a wrong passphrase from damage: a part of what scrypt returns beside the key. Base64. */
  readonly check: string;
}

/** A key, and how it was derived. */
export interface DerivedKey {
  readonly key: Buffer;
  readonly kdf: KeyDerivation;
}

/** The cost of each guess of a passphrase: 128 MB of memory and some tenths of a second. */
const usualCost = 2 ** 17;
/** The limits for parameters that others wrote: together four times the usual memory and time, whatever they are. */
const ranges = { N: [2, 2 ** 19], r: [8, 32], p: [1, 4] } as const;
const mostWork = 2 ** 22;
const [keyBytes, checkBytes, saltBytes] = [32, 16, 16];

/** Derives keys from passphrases, each once. */
export class Keys {
  readonly #cost: number;
  readonly #derived = new Map<string, Promise<Buffer>>();

  /** @param cost N of scrypt; tests use a small one */
  constructor(cost = usualCost) {
    this.#cost = cost;
  }

  /** Returns a key with a new salt. */
  async make(passphrase: string): Promise<DerivedKey> {
    const kdf = {
      name: "scrypt",
      N: this.#cost,
      r: 8,
      p: 1,
      salt: randomBytes(saltBytes).toString("base64"),
    } as const;
    const bytes = await this.#derive(passphrase, kdf);
    return { key: bytes.subarray(0, keyBytes), kdf: { ...kdf, check: toCheck(bytes) } };
  }

  /** Returns the key that a passphrase had; undefined for a wrong passphrase. */
  async find(passphrase: string, kdf: KeyDerivation): Promise<DerivedKey | undefined> {
    const bytes = await this.#derive(passphrase, kdf);
    return toCheck(bytes) === kdf.check ? { key: bytes.subarray(0, keyBytes), kdf } : undefined;
  }

  /** Returns whether new content may use the key: with another cost, it needs another key. */
  isUsual({ N, r, p }: KeyDerivation): boolean {
    return N === this.#cost && r === 8 && p === 1;
  }

  async #derive(passphrase: string, { N, r, p, salt }: Omit<KeyDerivation, "check">): Promise<Buffer> {
    const name = JSON.stringify([passphrase, N, r, p, salt]);
    const options = { N, r, p, maxmem: 2 * 128 * r * (N + p + 2) };
    const derived =
      this.#derived.get(name) ??
      derive(passphrase, Buffer.from(salt, "base64"), keyBytes + checkBytes, options);
    this.#derived.set(name, derived);
    return derived;
  }
}

/** Reads the parameters of a key; undefined for any other value, and for parameters that cost too much. */
export function parseKeyDerivation(value: unknown): KeyDerivation | undefined {
  if (!isObject(value)) return undefined;
  const { name, N, r, p, salt, check, ...rest } = value;
  if (!isWithin(N, ranges.N) || !isWithin(r, ranges.r) || !isWithin(p, ranges.p)) return undefined;
  // scrypt needs a power of two.
  if ((N & (N - 1)) !== 0 || N * r * p > mostWork) return undefined;
  if (name !== "scrypt" || typeof salt !== "string" || typeof check !== "string") return undefined;
  return Object.keys(rest).length > 0 ? undefined : { name, N, r, p, salt, check };
}

function isWithin(value: unknown, [least, most]: readonly [number, number]): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

function toCheck(bytes: Buffer): string {
  return bytes.subarray(keyBytes).toString("base64");
}
