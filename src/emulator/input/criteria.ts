import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { refuse } from "./refusal.js";
import type { Variants } from "../variants.js";

type Test<T> = (thing: T) => boolean;
type Fields<T> = Readonly<Record<string, (thing: T) => string>>;

/**
 * Returns a test for the criteria of a search. Only criteria of type EXACT are supported. Values in one criterion are
 * alternatives; criteria are joined by AND unless a criterion has `operator: OR` or `NOT`; case is ignored.
 *
 * @throws Refusal 400 for more criteria or values than the variants allow, and for unsupported ones
 */
export function searchBy<T>(
  query: readonly unknown[],
  fields: Fields<T>,
  variants: Pick<Variants, "searchMaxCriteria" | "searchMaxValues">,
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
    return { test: toTest(criterion, fields, variants.searchMaxValues), operator: getOperator(criterion) };
  });
  return (thing) =>
    criteria.reduce((matches, { test, operator }, at) => {
      if (operator === "NOT") return (at === 0 || matches) && !test(thing);
      if (at === 0) return test(thing);
      return operator === "OR" ? matches || test(thing) : matches && test(thing);
    }, false);
}

/** Returns the values of a valid search for one field only, in lower case, each once, so that an index can be used. */
export function onlyValues(query: readonly unknown[], field: string): readonly string[] | undefined {
  const [criterion] = query;
  if (query.length !== 1 || !isObject(criterion) || getOperator(criterion) === "NOT") return undefined;
  const { fields } = criterion;
  const isOfField = isArray(fields) && fields.length === 1 && fields[0] === field;
  return isOfField ? [...getValues(criterion, Infinity)] : undefined;
}

function getOperator(criterion: JsonObject): "AND" | "OR" | "NOT" {
  const operator = criterion["operator"] ?? "AND";
  if (operator === "AND" || operator === "OR" || operator === "NOT") return operator;
  throw refuse("invalid.value", `Unknown operator: ${JSON.stringify(operator)}`);
}

function toTest<T>(criterion: JsonObject, known: Fields<T>, maxValues: number): Test<T> {
  if (criterion["type"] !== "EXACT") {
    throw refuse(
      "invalid.value",
      `Only criteria of type EXACT are supported: ${JSON.stringify(criterion["type"])}`,
    );
  }
  const values = getValues(criterion, maxValues);
  const names = criterion["fields"];
  if (!isArray(names) || names.length === 0) throw refuse("bad.request", "A criterion needs fields.");
  const getters = names.map((name) => {
    const getter = typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
    if (getter === undefined) throw refuse("invalid.value", `Unknown search field: ${JSON.stringify(name)}`);
    return getter;
  });
  return (thing) => getters.some((getter) => values.has(getter(thing).toLowerCase()));
}

function getValues(criterion: JsonObject, max: number): ReadonlySet<string> {
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
  return new Set(strings.map((item) => item.toLowerCase()));
}
