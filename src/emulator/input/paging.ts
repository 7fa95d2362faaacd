import type { Json, JsonObject } from "../../core/json/json.js";
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
  const pageSize = count("pageSize", size, 25);
  const pageNumber = count("pageNumber", number, 1);
  if (pageSize > pageLimit) {
    throw refuse("constraint.validation", `pageSize must not be above ${pageLimit}.`);
  }
  const start = (pageNumber - 1) * pageSize;
  return {
    items: all.slice(start, start + pageSize),
    paging: { pageSize, pageNumber, total: all.length, pageCount: Math.ceil(all.length / pageSize) },
  };
}

function count(name: string, value: Json | undefined, usual: number): number {
  if (value === undefined) return usual;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) {
    throw refuse("invalid.value", `${name} is not a positive number: ${JSON.stringify(value)}`);
  }
  return number;
}
