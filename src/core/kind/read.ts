import type { Json, JsonObject } from "../json/json.js";

/** One read of the org. Equal reads of several resources are made once. */
export interface Read {
  /** A `read` operation of the operations table. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** A path parameter that takes values separated by commas: reads that differ only in it are joined, at most `max` in one. */
  readonly batch?: { readonly param: string; readonly max: number };
  /** The way of paging, if the response has pages. The pages' `entities` are joined. */
  readonly pages?: "nextUri" | "pageNumber";
}

/** The response to a read: its body, or not found (404). */
export type ReadResponse = { readonly found: true; readonly body: Json } | { readonly found: false };

/** Live attributes of a resource, in the API's field names and the kind's normal form. */
export type LiveValue =
  { readonly present: true; readonly attributes: JsonObject } | { readonly present: false };

/** Returns a read that is not joined with others: a missing object may fail a joined read. */
export function withoutBatch({ batch: _batch, ...read }: Read): Read {
  return read;
}
