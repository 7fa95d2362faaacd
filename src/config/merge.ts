import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json.js";
import { isObject } from "../core/json.js";
import type { Pointer } from "../core/pointer.js";
import { pointer, tokens } from "../core/pointer.js";
import type { Place } from "./source.js";

/** The place of a value, or of its name: member names and array positions from the top of the file. */
type PlaceOf = (path: readonly string[], atKey: boolean) => Place;

/** A file that is valid by itself. */
export interface Part {
  readonly value: JsonObject;
  readonly placeOf: PlaceOf;
}

/** Where a thing of the merged document stands. */
interface Origin {
  readonly placeOf: PlaceOf;
  readonly path: readonly string[];
}

/** All files as one document. A thing (the settings, a room, a user's settings, a message) is declared in one place. */
export class Merged {
  readonly document: Record<string, Json> = {};
  readonly diagnostics: Diagnostic[] = [];
  readonly #origins = new Map<Pointer, Origin>();

  constructor(parts: readonly Part[]) {
    for (const { value, placeOf } of parts) {
      for (const [name, block] of Object.entries(value)) {
        if (name === "version" || block === undefined) continue;
        if (name === "users" && isObject(block)) this.#addUsers(placeOf, block);
        else if (name === "rooms" && isObject(block)) this.#addRooms(placeOf, block);
        else this.#add(placeOf, [name], [name], block);
      }
    }
  }

  /** The place of a value in the merged document, or of its name. */
  locate(at: Pointer, atKey: boolean): Place | undefined {
    const path = tokens(at);
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(pointer(...path.slice(0, length)));
      if (origin === undefined) continue;
      return origin.placeOf([...origin.path, ...path.slice(length)], atKey);
    }
    return undefined;
  }

  #addRooms(placeOf: PlaceOf, rooms: JsonObject): void {
    for (const [name, room] of Object.entries(rooms))
      this.#add(placeOf, ["rooms", name], ["rooms", name], room ?? null);
  }

  /** A user's settings, messages and pins are things of their own: they may stand in several files. */
  #addUsers(placeOf: PlaceOf, users: JsonObject): void {
    const spelled = new Map<string, string>();
    for (const [name, user] of Object.entries(users)) {
      const key = name.toLowerCase();
      const other = spelled.get(key);
      spelled.set(key, name);
      if (other !== undefined) {
        this.#duplicate(`users/${key}`, placeOf(["users", name], true), placeOf(["users", other], true));
        continue;
      }
      if (!isObject(user)) continue;
      const at = pointer("users", key);
      if (!this.#origins.has(at)) {
        this.#origins.set(at, { placeOf, path: ["users", name] });
        this.#put(["users", key], {});
      }
      for (const [part, block] of Object.entries(user)) {
        if (part === "messages" && isObject(block)) {
          for (const [message, body] of Object.entries(block)) {
            this.#add(placeOf, ["users", key, part, message], ["users", name, part, message], body ?? null);
          }
        } else this.#add(placeOf, ["users", key, part], ["users", name, part], block ?? null);
      }
    }
  }

  #add(placeOf: PlaceOf, to: readonly string[], path: readonly string[], value: Json): void {
    const at = pointer(...to);
    const first = this.#origins.get(at);
    if (first !== undefined) {
      this.#duplicate(to.join("/"), placeOf(path, true), first.placeOf(first.path, true));
      return;
    }
    this.#origins.set(at, { placeOf, path });
    this.#put(to, value);
  }

  #put(path: readonly string[], value: Json): void {
    let target: Record<string, Json> = this.document;
    for (const token of path.slice(0, -1)) {
      const inner = target[token];
      if (!isObject(inner)) target[token] = {};
      target = target[token] as Record<string, Json>;
    }
    target[path.at(-1) ?? ""] = value;
  }

  #duplicate(address: string, place: Place, first: Place): void {
    this.diagnostics.push({
      severity: "error",
      code: "duplicate-declaration",
      summary: "Declared twice",
      detail: `${address} is declared already.`,
      help: "Remove one of the two, or put them together.",
      ...place,
      related: [{ ...first, label: "first declared here" }],
    });
  }
}
