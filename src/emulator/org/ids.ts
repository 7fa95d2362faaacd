import { createHash } from "node:crypto";

/** A generator of ids that are the same in every run with the same seed. Not for secrets. */
export class Ids {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns 32 random bits (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  uuid(): string {
    return asUuid(hex8(this.next()) + hex8(this.next()) + hex8(this.next()) + hex8(this.next()));
  }
}

/** Returns the id of a name, so that a seed file needs no ids: the same name always has the same id. */
export function uuidFromName(...name: readonly string[]): string {
  return asUuid(digest(name));
}

/** Returns 24 hex digits of a name: the local part of the jids of users and group rooms. */
export function hex24FromName(...name: readonly string[]): string {
  return digest(name).slice(0, 24);
}

/** Returns `<24 hex>@<org>.orgspan.com`. */
export function userJid(org: string, local: string): string {
  return `${local}@${org}.orgspan.com`;
}

/** Returns `<24 hex>@conference.<org>.orgspan.com`. */
export function groupRoomJid(org: string, local: string): string {
  return `${local}@conference.${org}.orgspan.com`;
}

/** Returns `adhoc-<uuid>@conference.<org>.orgspan.com`. */
export function adhocRoomJid(org: string, uuid: string): string {
  return `adhoc-${uuid}@conference.${org}.orgspan.com`;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const userJidForm = /^[0-9a-f]{24}@[\w-]+\.orgspan\.com$/;
const roomJidForm =
  /^(?:[0-9a-f]{24}|adhoc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@conference\.[\w-]+\.orgspan\.com$/;

export const isUuid = (id: string): boolean => uuidForm.test(id);
export const isUserJid = (jid: string): boolean => userJidForm.test(jid);
export const isRoomJid = (jid: string): boolean => roomJidForm.test(jid);

function digest(name: readonly string[]): string {
  return createHash("sha256").update(name.join("\0")).digest("hex");
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/** Sets the version (4) and variant bits of 32 hex digits, and inserts the hyphens. */
function asUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
