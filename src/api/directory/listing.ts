import { forEachBounded } from "../../core/for-each-bounded.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { Api, ApiRequest } from "../api.js";
import { ApiError } from "../errors.js";
import { operation, buildPath } from "../operations/operations.js";

/** The requested size of a page. */
export const pageSize = 100;

/** The paging parameters of a request: `pageSize` with `pageNumber`, or with the cursor `after`. */
export type PageQuery = Readonly<Record<string, string>>;

/** A list of the service that is read page by page. */
export interface Listing {
  readonly request: (page: PageQuery) => ApiRequest;
  readonly member: "results" | "entities";
  /** Returns true if no page after this one is needed. Default: all are read. */
  readonly isEnough?: (page: readonly JsonObject[]) => boolean;
}

/** Pages that are read at once; the client bounds the requests in flight in any case. */
const pagesAtOnce = 10;

/** The most times that a list is read while it keeps changing. */
const mostReadings = 3;

/** The most pages in a row without a new object, before a list counts as endless. */
const mostIdlePages = 10;

/** Returns the request of a list whose pages are parameters of the query. */
export function pagedBy(request: ApiRequest): Listing["request"] {
  return (page) => ({ ...request, query: { ...request.query, ...page } });
}

/**
 * Reads all pages of a list, each object once.
 *
 * The list is read again if it seems to have changed meanwhile: the totals of its pages differ, an object is on two pages, or a page is
 * empty before the end. An object may then have slid from a page that was yet to be read to one that was. A list may show fewer objects
 * than its total, as the service counts users that it does not list.
 *
 * @throws ApiError also for a list that differs at every reading: a missing object might be taken for a deleted one
 */
export async function readListing(
  api: Api,
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<readonly JsonObject[]> {
  let before: Reading | undefined;
  for (let reading = 1; ; reading++) {
    const result = await new PageReader(api, listing, signal).read();
    if (!result.isDoubtful || (before !== undefined && isSameReading(before, result))) return result.objects;
    if (reading === mostReadings) {
      const { objects, total } = result;
      throw badList(listing.request({}), `the list is incomplete: ${objects.length} of ${total}`);
    }
    before = result;
  }
}

interface Reading {
  readonly objects: readonly JsonObject[];
  /** The highest total of the pages; 0 if they have none. */
  readonly total: number;
  readonly isDoubtful: boolean;
}

function isSameReading(a: Reading, b: Reading): boolean {
  const keys = new Set(a.objects.map(objectKey));
  return (
    a.total === b.total &&
    keys.size === b.objects.length &&
    b.objects.every((object) => keys.has(objectKey(object)))
  );
}

/** Returns what identifies an object of a list: its id. The id of a member may be the id of its nested user. */
function objectKey(object: JsonObject): Json {
  const { id, user } = object;
  return id ?? (isObject(user) ? user["id"] : undefined) ?? JSON.stringify(object);
}

/** Reads the pages of a list once. */
class PageReader {
  readonly #api: Api;
  readonly #listing: Listing;
  readonly #signal: AbortSignal | undefined;
  readonly #isNumbered: boolean;
  readonly #pages: (readonly JsonObject[])[] = [];
  readonly #totals: number[] = [];
  /** False once the service has refused the size. Undocumented: the largest size of lists with a cursor. */
  #hasSize = true;

  constructor(api: Api, listing: Listing, signal: AbortSignal | undefined) {
    this.#api = api;
    this.#listing = listing;
    this.#signal = signal;
    const { method, query } = operation(listing.request({}).operation);
    this.#isNumbered = method === "POST" || query.includes("pageNumber");
  }

  async read(): Promise<Reading> {
    const first = await this.#page(0, this.#isNumbered ? { pageNumber: "1" } : {});
    const { pageCount } = first;
    if (!this.#isEnough(0)) {
      if (this.#isNumbered && typeof pageCount === "number") await this.#readNumbered(pageCount);
      else await this.#follow(first);
      await this.#confirmEnd();
    }
    return this.#reading();
  }

  /** Reads the pages up to a known last one, several at once. Ends at a window of empty pages: then the count is wrong. */
  async #readNumbered(pageCount: number): Promise<void> {
    for (let start = 1; start < pageCount; start += pagesAtOnce) {
      const ends = Math.min(start + pagesAtOnce, pageCount);
      const window = Array.from({ length: ends - start }, (_, at) => start + at);
      await forEachBounded(window, pagesAtOnce, this.#signal, async (at) => {
        await this.#page(at, { pageNumber: String(at + 1) });
      });
      if (window.every((at) => this.#pages[at]?.length === 0) || window.some((at) => this.#isEnough(at)))
        return;
    }
  }

  /**
   * Reads the empty pages at the end once more, up to the first that is empty again, if the list is short. The service may count
   * users that it does not list, or have failed to show them.
   */
  async #confirmEnd(): Promise<void> {
    const end = this.#end();
    if (!this.#isNumbered || end === 0) return;
    for (let at = end; at < this.#pages.length && this.#count() < this.#total(); at++) {
      await this.#page(at, { pageNumber: String(at + 1) });
      if (this.#pages[at]?.length === 0) return;
    }
  }

  /** Reads page after page: by `nextUri`, or by number while the pages are full. */
  async #follow(first: JsonObject): Promise<void> {
    const seen = new Set<string>();
    const known = new Set((this.#pages[0] ?? []).map(objectKey));
    let idle = 0;
    let query = this.#next(first, 0);
    for (let at = 1; query !== undefined && !seen.has(JSON.stringify(query)); at++) {
      seen.add(JSON.stringify(query));
      const body = await this.#page(at, query);
      const fresh = (this.#pages[at] ?? []).map(objectKey).filter((key) => !known.has(key));
      for (const key of fresh) known.add(key);
      idle = fresh.length > 0 ? 0 : idle + 1;
      if (idle > mostIdlePages) throw badList(this.#listing.request({}), "the list does not end");
      if (this.#isEnough(at)) return;
      query = this.#next(body, at);
    }
  }

  /** Returns the query of the page after `at`; undefined after the last page. Of a URI only the query is used, never the host. */
  #next({ nextUri }: JsonObject, at: number): PageQuery | undefined {
    const request = this.#listing.request({});
    if (typeof nextUri === "string" && nextUri !== "") {
      if (!URL.canParse(nextUri, "http://localhost"))
        throw badList(request, "the next page has no valid URI");
      const known = operation(request.operation).query;
      const params = [...new URL(nextUri, "http://localhost").searchParams];
      const query = Object.fromEntries(params.filter(([name]) => known.includes(name)));
      if (Object.keys(query).length > 0) return query;
    }
    const isFull = (this.#pages[at]?.length ?? 0) >= pageSize || this.#count() < this.#total();
    return this.#isNumbered && isFull && this.#pages[at]?.length !== 0
      ? { pageNumber: String(at + 2) }
      : undefined;
  }

  /** Reads a page. @returns its body */
  async #page(at: number, page: PageQuery): Promise<JsonObject> {
    const { request, member } = this.#listing;
    const size = { pageSize: String(pageSize) };
    const { body } = await (async () => {
      try {
        return await this.#api.call(request(this.#hasSize ? { ...size, ...page } : page), this.#signal);
      } catch (error) {
        const isRefused = error instanceof ApiError && error.failure.status === 400;
        if (!isRefused || !this.#hasSize || this.#isNumbered) throw error;
        this.#hasSize = false;
        return this.#api.call(request(page), this.#signal);
      }
    })();
    const shown = isObject(body) ? body : {};
    this.#pages[at] = isArray(body) ? body.filter(isObject) : objectsIn(shown, member);
    if (typeof shown["total"] === "number") this.#totals.push(shown["total"]);
    return shown;
  }

  #isEnough(at: number): boolean {
    return this.#listing.isEnough?.(this.#pages[at] ?? []) === true;
  }

  /** Returns the number of pages up to the last one that shows something. */
  #end(): number {
    return this.#pages.findLastIndex((page) => page.length > 0) + 1;
  }

  #count(): number {
    return this.#pages.reduce((sum, page) => sum + page.length, 0);
  }

  #total(): number {
    return Math.max(0, ...this.#totals);
  }

  #reading(): Reading {
    const distinct = new Map(this.#pages.flat().map((object) => [objectKey(object), object]));
    const total = this.#total();
    const isShort = distinct.size < total;
    const isRepeated = distinct.size < this.#count();
    const isBroken = this.#pages.slice(0, this.#end()).some((page) => page.length === 0);
    const isMoving = this.#totals.some((other) => other !== total);
    const isWhole = this.#listing.isEnough === undefined && this.#pages.length > 1;
    return {
      objects: [...distinct.values()],
      total,
      isDoubtful: isWhole && (isMoving || (isShort && (isRepeated || isBroken))),
    };
  }
}

/** Returns the objects of a list that a response body has as a member. */
export function objectsIn(body: Json | undefined, member: string): readonly JsonObject[] {
  const list = isObject(body) ? body[member] : undefined;
  return isArray(list) ? list.filter(isObject) : [];
}

function badList({ operation: name, params = {} }: ApiRequest, reason: string): ApiError {
  const { method } = operation(name);
  const path = buildPath(name, params);
  return new ApiError({ operation: name, method, path, outcome: "refused", code: "bad.answer", reason });
}
