import type { Api, ApiResponse, ApiRequest } from "../../api/api.js";
import { isNotFound } from "../../api/directory/directory-user.js";
import { ApiError } from "../../api/errors.js";
import type { OperationName } from "../../api/operations/operations.js";
import { forEachBounded } from "../../core/for-each-bounded.js";
import { idKey } from "../../core/jid.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { JoinedRead } from "../../core/kind/join-reads.js";
import { joinReads, readKey } from "../../core/kind/join-reads.js";
import type { Read, ReadResponse } from "../../core/kind/read.js";

/** The result of a read: its response, or an error. An error never means "absent". */
export type ReadResult =
  { readonly ok: true; readonly response: ReadResponse } | { readonly ok: false; readonly error: ApiError };

export interface ReaderOptions {
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Makes reads, at most `parallelism` at a time. Equal reads are made once; reads of an operation that takes several ids are joined.
 *
 * @returns the result of each read, by `readKey`
 * @throws any error but an ApiError, such as the signal's reason
 */
export async function readAll(
  api: Api,
  reads: Iterable<Read>,
  { parallelism, signal, onProgress }: ReaderOptions,
): Promise<ReadonlyMap<string, ReadResult>> {
  const requests = joinReads(reads);
  const results = new Map<string, ReadResult>();
  let done = 0;
  await forEachBounded(requests, parallelism, signal, async (request) => {
    await sendRequest(api, request, results, signal);
    onProgress?.(++done, requests.length);
  });
  return results;
}

async function sendRequest(
  api: Api,
  request: JoinedRead,
  results: Map<string, ReadResult>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { read, values } = request;
  const keys = read.batch === undefined ? values : values.map((value) => readKey(single(read, value)));
  try {
    const body = await fetchPages(api, read, values, signal);
    const missing = values.length > 1 ? unlisted(body, values) : [];
    for (const [at, key] of keys.entries())
      if (!missing.includes(values[at] ?? ""))
        results.set(key, { ok: true, response: { found: true, body } });
    // Undocumented: the most objects that a listing returns. A missing object is read again before it counts as gone.
    for (const some of missing.length < values.length ? [missing] : halves(missing))
      if (some.length > 0) await sendRequest(api, { read, values: some }, results, signal);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (values.length > 1 && isTooMuchOrAbsent(error)) {
      // A missing id, or too many ids in one request, must not hide the other objects.
      for (const some of halves(values)) await sendRequest(api, { read, values: some }, results, signal);
      return;
    }
    for (const key of keys) {
      results.set(key, isNotFound(error) ? { ok: true, response: { found: false } } : { ok: false, error });
    }
  }
}

function halves<T>(values: readonly T[]): readonly (readonly T[])[] {
  const half = Math.ceil(values.length / 2);
  return [values.slice(0, half), values.slice(half)];
}

/** Returns the requested ids that are missing from a listing. */
function unlisted(body: Json, values: readonly string[]): readonly string[] {
  const list = isArray(body) ? body : isObject(body) ? getEntities(body) : [];
  const listed = new Set(
    list.flatMap((one) => (isObject(one) && typeof one["id"] === "string" ? idKey(one["id"]) : [])),
  );
  return values.filter((value) => !listed.has(idKey(value)));
}

function single(read: Read, value: string): Read {
  return read.batch === undefined ? read : { ...read, params: { ...read.params, [read.batch.param]: value } };
}

function isTooMuchOrAbsent({ failure }: ApiError): boolean {
  return failure.status !== undefined && [400, 404, 413, 414].includes(failure.status);
}

async function fetchPages(
  api: Api,
  read: Read,
  values: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Json> {
  const params =
    read.batch === undefined ? read.params : { ...read.params, [read.batch.param]: values.join(",") };
  const operation = read.operation as OperationName;
  const first = await firstPage(api, { operation, params, query: read.query ?? {} }, signal);
  const body = first.body ?? null;
  if (read.pages === undefined || !isObject(body)) return body;
  const entities = [...getEntities(body)];
  const seen = new Set<string>();
  let query = nextQuery(read, body, 1);
  for (let page = 1; query !== undefined && !seen.has(JSON.stringify(query)); page++) {
    seen.add(JSON.stringify(query));
    const next = await api.call({ operation, params, query }, signal);
    const nextBody = isObject(next.body) ? next.body : {};
    entities.push(...getEntities(nextBody));
    query = nextQuery(read, nextBody, page + 1);
  }
  return { ...body, entities };
}

/**
 * Reads the first page. Undocumented: the highest `limit`. If the service rejects it, the request is sent again without it; if the
 * response would be too large, with a smaller one.
 */
async function firstPage(
  api: Api,
  { operation, params, query }: Required<Pick<ApiRequest, "operation" | "params" | "query">>,
  signal: AbortSignal | undefined,
): Promise<ApiResponse> {
  const { limit, ...rest } = query;
  try {
    return await api.call({ operation, params, query }, signal);
  } catch (error) {
    if (limit === undefined || !(error instanceof ApiError) || error.failure.status !== 400) throw error;
    if (error.failure.code === "response.entity.too.large" && Number(limit) > 1) {
      const smaller = { ...rest, limit: String(Math.floor(Number(limit) / 2)) };
      return firstPage(api, { operation, params, query: smaller }, signal);
    }
    return api.call({ operation, params, query: rest }, signal);
  }
}

function getEntities(body: JsonObject): readonly Json[] {
  return isArray(body["entities"]) ? body["entities"] : [];
}

/** Returns the query of the next page; undefined after the last page. */
function nextQuery(read: Read, body: JsonObject, page: number): Record<string, string> | undefined {
  if (read.pages === "pageNumber") {
    const count = body["pageCount"];
    return typeof count === "number" && page < count
      ? { ...read.query, pageNumber: String(page + 1) }
      : undefined;
  }
  const uri = body["nextUri"];
  if (typeof uri !== "string" || uri === "") return undefined;
  // Only the query of the URI is used: a response must not choose the host.
  return { ...read.query, ...Object.fromEntries(new URL(uri, "http://localhost").searchParams) };
}

/** Returns the responses to these reads, in their order. */
export function getResponses(
  reads: readonly Read[],
  results: ReadonlyMap<string, ReadResult>,
): readonly ReadResponse[] {
  return reads.map((read) => {
    const result = results.get(readKey(read));
    return result?.ok === true ? result.response : { found: false };
  });
}

/** Returns true if some reads of a resource found it and others got 404. */
export function isContradicted(responses: readonly ReadResponse[]): boolean {
  return responses.some(({ found }) => found) && responses.some(({ found }) => !found);
}
