import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json/json.js";
import { isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { pointer, tokens } from "../core/json/pointer.js";
import type { Place } from "./read/source.js";

type PlaceOf = (path: readonly string[], atKey: boolean) => Place;

/** A file that is valid by itself. */
export interface Part {
  readonly value: JsonObject;
  /** Returns the place of a value, or of its key: member names and list positions from the top of the file. */
  readonly placeOf: PlaceOf;
}

/** The file that declares a part of the merged document, and the path in it. */
interface Origin {
  readonly placeOf: PlaceOf;
  readonly path: readonly string[];
}

/** All files as one document. Each resource (the settings, a room, a user's settings, a message) is declared in one place. */
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
        else this.#add([name], block, { placeOf, path: [name] });
      }
    }
  }

  /** Returns the place of a value of the merged document, or of its key; if it is missing, of the innermost value around it. */
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
      this.#add(["rooms", name], room ?? null, { placeOf, path: ["rooms", name] });
  }

  /** A user's settings, messages and pins are resources of their own: several files may declare them. */
  #addUsers(placeOf: PlaceOf, users: JsonObject): void {
    const spelled = new Map<string, string>();
    for (const [name, user] of Object.entries(users)) {
      const key = name.toLowerCase();
      const other = spelled.get(key);
      spelled.set(key, name);
      if (other !== undefined) {
        this.#duplicate(
          `users/${key}`,
          { placeOf, path: ["users", name] },
          { placeOf, path: ["users", other] },
        );
        continue;
      }
      if (!isObject(user)) continue;
      const block = this.#block(["users"]);
      if (!Object.hasOwn(block, key)) {
        block[key] = {};
        this.#origins.set(pointer("users", key), { placeOf, path: ["users", name] });
      }
      for (const [part, inner] of Object.entries(user)) {
        if (part === "messages" && isObject(inner)) {
          for (const [message, body] of Object.entries(inner)) {
            const path = ["users", name, part, message];
            this.#add(["users", key, part, message], body ?? null, { placeOf, path });
          }
        } else this.#add(["users", key, part], inner ?? null, { placeOf, path: ["users", name, part] });
      }
    }
  }

  #add(to: readonly string[], value: Json, origin: Origin): void {
    const block = this.#block(to.slice(0, -1));
    const name = to.at(-1) ?? "";
    if (Object.hasOwn(block, name)) {
      this.#duplicate(to.join("/"), origin, this.#origins.get(pointer(...to)));
      return;
    }
    block[name] = value;
    this.#origins.set(pointer(...to), origin);
  }

  /** Returns the mapping at a path of the merged document, and adds it if it is missing. */
  #block(path: readonly string[]): Record<string, Json> {
    let block: Record<string, Json> = this.document;
    for (const name of path) {
      const inner = Object.hasOwn(block, name) ? block[name] : undefined;
      if (!isObject(inner)) block[name] = {};
      block = block[name] as Record<string, Json>;
    }
    return block;
  }

  #duplicate(address: string, origin: Origin, first: Origin | undefined): void {
    const firstPlace = first?.placeOf(first.path, true);
    this.diagnostics.push({
      severity: "error",
      code: "duplicate-declaration",
      summary: "Duplicate declaration",
      detail: `${address} is already declared.`,
      help: "Remove one of the two declarations, or merge them.",
      ...origin.placeOf(origin.path, true),
      ...(firstPlace === undefined ? {} : { related: [{ ...firstPlace, label: "first declared here" }] }),
    });
  }
}
