import type { JsonObject } from "../../core/json/json.js";
import type { Api } from "../api.js";
import { ApiError } from "../errors.js";
import { isNotFound } from "./directory-user.js";
import { readListing } from "./listing.js";

/** A search for objects by the exact value of a field. */
export interface SearchedField {
  readonly operation: "postUsersSearch" | "postGroupsSearch";
  readonly field: "email" | "name" | "username";
  /** Returns the form in which values are compared. */
  readonly toKey: (value: string) => string;
}

/** Users by e-mail, in any case. */
export const userEmails: SearchedField = {
  operation: "postUsersSearch",
  field: "email",
  toKey: (email) => email.toLowerCase(),
};

/** Users by login name, in any case. Undocumented: whether a login name is always an e-mail. */
export const loginNames: SearchedField = { ...userEmails, field: "username" };

/** Groups by name. Undocumented: whether the service's search is case-sensitive. */
export const groupNames: SearchedField = {
  operation: "postGroupsSearch",
  field: "name",
  toKey: (name) => name,
};

/** Values in the first search. Undocumented: the service's limit. */
const valuesInOneSearch = 50;

/** Searches at once; the client bounds the requests in flight in any case. */
const searchesAtOnce = 10;

/**
 * Searches for many values of a field, many in one request. Undocumented: whether the service takes several values, how many, and
 * whether it ignores those above its limit. Searches get smaller when the service refuses one. A value counts as missing only if the
 * service has read it: if it found a later value of the same search, or of one as long. A value that is known to be found is put at
 * the end of a search to see that.
 */
export class ExactSearch {
  readonly #api: Api;
  readonly #searched: SearchedField;
  readonly #signal: AbortSignal | undefined;
  readonly #found: Map<string, JsonObject[]>;
  /** The values still to be searched for, the next one last. */
  readonly #waiting: string[];
  #size = valuesInOneSearch;
  /** The number of values of a search for several that the service is known to read. */
  #depth = 0;
  /** A value that the service finds. */
  #findable: string | undefined;
  /** True once a search for several values has found nothing. */
  #hasDoubt = false;

  /** @param values spellings that have the same key are alternatives of one value */
  constructor(api: Api, searched: SearchedField, values: readonly string[], signal: AbortSignal | undefined) {
    this.#api = api;
    this.#searched = searched;
    this.#signal = signal;
    this.#waiting = [...new Set(values)].reverse();
    this.#found = new Map(values.map((value) => [searched.toKey(value), []]));
  }

  /**
   * Searches for all values.
   *
   * @returns the objects found by the key of each value: none, one, or several
   * @throws ApiError
   */
  async run(): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
    // One search at a time until the size is accepted: the others would only fail in the same way.
    while (this.#waiting.length > 0 && !this.#isProven()) await this.#next();
    await Promise.all(
      Array.from({ length: searchesAtOnce }, async () => {
        while (this.#waiting.length > 0) await this.#next();
      }),
    );
    return this.#found;
  }

  #isProven(): boolean {
    return this.#size === 1 || this.#depth >= this.#size || (this.#hasDoubt && this.#findable === undefined);
  }

  /** Makes one search. Values that the service refused, or may not have read, are put back. */
  async #next(): Promise<void> {
    const size = this.#hasDoubt && this.#findable === undefined ? 1 : this.#size;
    const isProof = this.#findable !== undefined && size > Math.max(1, this.#depth) && this.#hasDoubt;
    const chunk = this.#take(isProof ? size - 1 : size);
    if (chunk.length === 0) return;
    const values = isProof && this.#findable !== undefined ? [...chunk, this.#findable] : chunk;
    let results: readonly JsonObject[];
    try {
      results = await this.#search(values);
    } catch (error) {
      if (!(error instanceof ApiError) || error.failure.status !== 400 || values.length === 1) throw error;
      this.#size = Math.min(this.#size, Math.ceil(values.length / 2));
      this.#putBack(chunk);
      return;
    }
    this.#learn(values, results);
    const unread = values.length === 1 ? [] : chunk.slice(this.#depth).filter((value) => !this.#has(value));
    if (unread.length === 0) return;
    if (isProof) this.#size = Math.min(this.#size, Math.ceil(values.length / 2));
    this.#hasDoubt = true;
    this.#putBack(unread);
  }

  /** Takes the next values, at most `most`. A spelling whose user has been found by another one is left out. */
  #take(most: number): readonly string[] {
    const chunk: string[] = [];
    while (chunk.length < most) {
      const value = this.#waiting.pop();
      if (value === undefined) break;
      if (!this.#has(value)) chunk.push(value);
    }
    return chunk;
  }

  #putBack(values: readonly string[]): void {
    this.#waiting.push(...[...values].reverse());
  }

  #learn(values: readonly string[], results: readonly JsonObject[]): void {
    const { field, toKey } = this.#searched;
    const keys = new Set<string>();
    for (const result of results) {
      const value = result[field];
      const list = typeof value === "string" ? this.#found.get(toKey(value)) : undefined;
      if (typeof value !== "string" || list === undefined) continue;
      if (list.every(({ id }) => id !== result["id"])) list.push(result);
      keys.add(toKey(value));
      this.#findable ??= value;
    }
    // A search for one value says nothing about searches for several.
    if (values.length === 1) return;
    // Of two spellings, the first may be the one that was found.
    const first = new Map([...values.entries()].reverse().map(([at, value]) => [toKey(value), at]));
    for (const key of keys) this.#depth = Math.max(this.#depth, (first.get(key) ?? 0) + 1);
  }

  #has(value: string): boolean {
    return this.#found.get(this.#searched.toKey(value))?.length !== 0;
  }

  async #search(values: readonly string[]): Promise<readonly JsonObject[]> {
    const { operation, field } = this.#searched;
    const [first = ""] = values;
    // Several values of one criterion are alternatives; several criteria would narrow each other.
    const wanted: JsonObject = values.length === 1 ? { value: first } : { values };
    const query = [{ type: "EXACT", fields: [field], ...wanted }];
    const request = (page: Readonly<Record<string, string>>) => ({
      operation,
      body: { pageSize: Number(page["pageSize"] ?? 100), pageNumber: Number(page["pageNumber"] ?? 1), query },
    });
    try {
      return await readListing(this.#api, { request, member: "results" }, this.#signal);
    } catch (error) {
      // Published: 404 "Users not found" in place of an empty result.
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}
