import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { refuse } from "./refusal.js";
import type { Variants } from "../variants.js";

type Test<T> = (thing: T) => boolean;
type Fields<T> = Readonly<Record<string, (thing: T) => string>>;

/**
 * Returns a test for the criteria of a search. Criteria of the types EXACT and STARTS_WITH are supported. Values in one
 * criterion are alternatives; criteria are joined by AND unless a criterion has `operator: OR` or `NOT`.
 *
 * @throws Refusal 400 for more criteria or values than the variants allow, and for unsupported ones
 */
export function searchBy<T>(
  query: readonly unknown[],
  fields: Fields<T>,
  variants: Pick<Variants, "searchMaxCriteria" | "searchMaxValues" | "searchCase">,
): Test<T> {
  if (query.length === 0) throw refuse("bad.request", "A search needs at least one criterion.");
  if (query.length > variants.searchMaxCriteria) {
    throw refuse(
      "too.many.search.criteria",
      `A search takes at most ${variants.searchMaxCriteria} criteria, not ${query.length}.`,
    );
  }
  const criteria = query.map((criterion) => {
    if (!isObject(criterion)) throw refuse("bad.request", "A search criterion must be an object.");
    return { test: toTest(criterion, fields, variants), operator: getOperator(criterion) };
  });
  return (thing) =>
    criteria.reduce((matches, { test, operator }, at) => {
      if (operator === "NOT") return (at === 0 || matches) && !test(thing);
      if (at === 0) return test(thing);
      return operator === "OR" ? matches || test(thing) : matches && test(thing);
    }, false);
}

/** Returns the values of a valid search for whole values of one field only, in lower case, each once, so that an index can be used. */
export function onlyValues(query: readonly unknown[], field: string): readonly string[] | undefined {
  const [criterion] = query;
  if (query.length !== 1 || !isObject(criterion) || getOperator(criterion) === "NOT") return undefined;
  const { fields } = criterion;
  const isOfField =
    criterion["type"] === "EXACT" && isArray(fields) && fields.length === 1 && fields[0] === field;
  return isOfField
    ? [...new Set(getValues(criterion, Infinity).map((value) => value.toLowerCase()))]
    : undefined;
}

/** Returns whether a valid search has a criterion for a field. */
export function namesField(query: readonly unknown[], field: string): boolean {
  return query.some(
    (criterion) => isObject(criterion) && isArray(criterion["fields"]) && criterion["fields"].includes(field),
  );
}

function getOperator(criterion: JsonObject): "AND" | "OR" | "NOT" {
  const operator = criterion["operator"] ?? "AND";
  if (operator === "AND" || operator === "OR" || operator === "NOT") return operator;
  throw refuse("invalid.value", `Unknown operator: ${JSON.stringify(operator)}`);
}

function toTest<T>(
  criterion: JsonObject,
  known: Fields<T>,
  { searchMaxValues, searchCase }: Pick<Variants, "searchMaxValues" | "searchCase">,
): Test<T> {
  const { type } = criterion;
  if (type !== "EXACT" && type !== "STARTS_WITH") {
    throw refuse(
      "invalid.value",
      `Only criteria of the types EXACT and STARTS_WITH are supported: ${JSON.stringify(type)}`,
    );
  }
  const fold = (text: string): string => (searchCase === "any" ? text.toLowerCase() : text);
  const values = new Set(getValues(criterion, searchMaxValues).map(fold));
  const matches = (text: string): boolean =>
    type === "EXACT" ? values.has(text) : [...values].some((value) => text.startsWith(value));
  const names = criterion["fields"];
  if (!isArray(names) || names.length === 0) throw refuse("bad.request", "A criterion needs fields.");
  const getters = names.map((name) => {
    const getter = typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
    if (getter === undefined) throw refuse("invalid.value", `Unknown search field: ${JSON.stringify(name)}`);
    return getter;
  });
  return (thing) => getters.some((getter) => matches(fold(getter(thing))));
}

function getValues(criterion: JsonObject, max: number): readonly string[] {
  const { value, values } = criterion as { value?: Json; values?: Json };
  const all: readonly Json[] = isArray(values) ? values : value === undefined ? [] : [value];
  if (all.length === 0) throw refuse("bad.request", "A criterion needs a value or values.");
  if (all.length > max) {
    throw refuse(
      "search.criteria.values.exceed.limit",
      `A criterion takes at most ${max} values, not ${all.length}.`,
    );
  }
  const strings = all.filter((item) => typeof item === "string");
  if (strings.length < all.length)
    throw refuse("invalid.value", "The values of a criterion must be strings.");
  return strings;
}
