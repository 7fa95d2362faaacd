import { InternalError } from "../core/diagnostic.js";
import type { Json } from "../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../core/json/json.js";
import type { State } from "../core/state/state.js";
import { validators } from "../generated/validators.cjs";
import { StateError } from "./errors.js";

const version = 1;

/**
 * Reads a state from its file's content.
 *
 * @param location of the state, for errors
 * @param restore what to do where the content is no good
 * @throws StateError state-damaged, state-version
 */
export function parseState(content: Uint8Array | string, location: string, restore: string): State {
  const damaged = (detail: string, cause?: unknown): StateError =>
    new StateError(
      { code: "state-damaged", location, detail: `${location} is not a state: ${detail}.`, help: restore },
      { cause },
    );
  const value = parseJson(content, damaged);
  const unsafe = unsafePlace(value);
  if (unsafe !== undefined) throw damaged(`${place(unsafe.path)} ${unsafe.why}`);
  const found = isObject(value) ? value["version"] : undefined;
  if (typeof found === "number" && found !== version) throw otherVersion(found, location);
  const validate = validators["state"];
  if (validate === undefined) throw new InternalError("there is no validator for the state.");
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    throw damaged(`${place(first?.instancePath)} ${first?.message ?? "is wrong"}`);
  }
  const state = value as unknown as State;
  const problem = problemIn(state);
  if (problem !== undefined) throw damaged(problem);
  return state;
}

/** Returns what the schema can't express: a member that no state of ours has, and that no request can be made of. */
function problemIn({ resources, uncertain, users }: State): string | undefined {
  for (const [address, { id, container, created }] of Object.entries(resources)) {
    if (!isId(id)) return `the id of ${address} is no id: ${JSON.stringify(id)}`;
    if (!isId(container)) return `the container of ${address} is no id: ${JSON.stringify(container)}`;
    if (!isTime(created)) return `${address} has no time of creation: ${JSON.stringify(created)}`;
  }
  for (const { address, container, at } of uncertain) {
    if (!isId(container)) return `the container of ${address} is no id: ${JSON.stringify(container)}`;
    if (!isTime(at)) return `the create of ${address} has no time: ${JSON.stringify(at)}`;
  }
  const [email] = Object.entries(users).find(([, id]) => !isId(id)) ?? [];
  return email === undefined ? undefined : `the id of ${email} is no id: ${JSON.stringify(users[email])}`;
}

/** Ids become parts of paths. */
function isId(value: string | undefined): boolean {
  return value === undefined || !["", ".", ".."].includes(value);
}

function isTime(value: string | undefined): boolean {
  return value === undefined || Number.isFinite(Date.parse(value));
}

/** The content of a state's file: two equal states give equal text, members sorted by name. */
export function printState(state: State): string {
  return `${JSON.stringify(sorted(state as unknown as Json), undefined, 2)}\n`;
}

function parseJson(
  content: Uint8Array | string,
  damaged: (detail: string, cause: unknown) => StateError,
): Json {
  let text: string;
  try {
    text = typeof content === "string" ? content : new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (error) {
    throw damaged("it is not UTF-8", error);
  }
  if (text.trim() === "") throw damaged("it is empty", undefined);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw damaged(`it is not JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

function place(path: string | undefined): string {
  return path === undefined || path === "" ? "it" : path;
}

function otherVersion(found: number, location: string): StateError {
  return new StateError({
    code: "state-version",
    location,
    detail: `${location} has format version ${found}; this chatform reads version ${version}.`,
    help:
      found > version
        ? "Use a newer chatform, and check that this is chatform's state and not another tool's."
        : "Check that this is chatform's state and not another tool's.",
  });
}

/** No state nests as deep as this, and recursion must end before the stack does. */
const maxDepth = 200;

/**
 * Where a value is what no state has: a member named `__proto__`, which would change the prototype of a careless copy,
 * or endless nesting.
 */
function unsafePlace(value: Json, depth = 0): { readonly path: string; readonly why: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > maxDepth) return { path: "", why: "nests too deep" };
  const isList = isArray(value);
  for (const key of Object.keys(value)) {
    if (key === "__proto__" && !isList) return { path: "", why: "has a member __proto__" };
    const found = unsafePlace((isList ? value[Number(key)] : value[key]) ?? null, depth + 1);
    if (found !== undefined) return { ...found, path: `/${key}${found.path}` };
  }
  return undefined;
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const result: Record<string, Json> = {};
  for (const key of Object.keys(value).sort(byCodeUnit)) {
    const member = value[key];
    if (member !== undefined) result[key] = sorted(member);
  }
  return result;
}
