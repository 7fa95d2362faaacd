import type { Json, JsonObject } from "../../core/json/json.js";
import type { OperationCall } from "../handler.js";
import { queryParam } from "../handler.js";
import { refuse } from "./refusal.js";

const pageLimit = 100;

/** One page of a list: 25 entries by default, 100 at most. */
export interface Page<T> {
  readonly items: readonly T[];
  /** pageSize, pageNumber, total, pageCount: the platform's paging members. */
  readonly paging: JsonObject;
}

/** Returns a page of a list. @throws Refusal 400 for a size or number out of range */
export function toPage<T>(all: readonly T[], size: Json | undefined, number: Json | undefined): Page<T> {
  const pageSize = toPageSize(size);
  const pageNumber = count("pageNumber", number, 1);
  const start = (pageNumber - 1) * pageSize;
  return {
    items: all.slice(start, start + pageSize),
    paging: { pageSize, pageNumber, total: all.length, pageCount: Math.ceil(all.length / pageSize) },
  };
}

/** Returns the page that the query asks for, with the links to itself and, according to the variants, to the next one. */
export function numberedPage<T>(
  call: OperationCall<unknown>,
  path: string,
  all: readonly T[],
): Page<T> & { readonly uris: JsonObject } {
  const page = toPage(all, queryParam(call, "pageSize"), queryParam(call, "pageNumber"));
  const { pageSize, pageNumber, pageCount } = page.paging as Record<string, number>;
  const uri = (number: number): string => link(call, path, { pageSize, pageNumber: number });
  const hasNext = call.variants.nextUris && (pageNumber ?? 1) < (pageCount ?? 1);
  return {
    ...page,
    uris: { selfUri: uri(pageNumber ?? 1), ...(hasNext && { nextUri: uri((pageNumber ?? 1) + 1) }) },
  };
}

/** Returns the page after the cursor in the query, with the links to itself and to the next one. @throws Refusal 400 */
export function cursorPage<T>(
  call: OperationCall<unknown>,
  path: string,
  all: readonly T[],
): { readonly items: readonly T[]; readonly uris: JsonObject } {
  const pageSize = toPageSize(queryParam(call, "pageSize"));
  const after = queryParam(call, "after");
  const start = after === undefined ? 0 : fromCursor(after);
  const end = start + pageSize;
  const selfUri = link(call, path, { pageSize, after });
  const next = end < all.length && { nextUri: link(call, path, { pageSize, after: toCursor(end) }) };
  return { items: all.slice(start, end), uris: { selfUri, ...next } };
}

/** Returns the path of a listing with the query's name and these parameters. */
function link(
  call: OperationCall<unknown>,
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
): string {
  const query = new URLSearchParams();
  const name = queryParam(call, "name");
  if (name !== undefined) query.set("name", name);
  for (const [parameter, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(parameter, String(value));
  }
  return `/api/v2/${path}?${query.toString()}`;
}

/** Returns an opaque cursor. Its `=` has to be encoded in a query. */
function toCursor(start: number): string {
  return Buffer.from(JSON.stringify({ start })).toString("base64");
}

function fromCursor(cursor: string): number {
  const start = /^\{"start":(\d+)\}$/.exec(Buffer.from(cursor, "base64").toString("utf8"))?.[1];
  if (start === undefined) throw refuse("invalid.value", `Not a cursor: ${JSON.stringify(cursor)}`);
  return Number(start);
}

function toPageSize(size: Json | undefined): number {
  const pageSize = count("pageSize", size, 25);
  if (pageSize > pageLimit) {
    throw refuse("constraint.validation", `pageSize must not be above ${pageLimit}.`);
  }
  return pageSize;
}

function count(name: string, value: Json | undefined, usual: number): number {
  if (value === undefined) return usual;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw refuse("invalid.value", `${name} is not a positive number: ${JSON.stringify(value)}`);
  }
  return number;
}
