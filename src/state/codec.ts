import type { Json } from "../core/json/json.js";
import { asJson, byCodeUnit, isArray, isObject } from "../core/json/json.js";
import type { State } from "../core/state/state.js";
import { validateState } from "../generated/state.cjs";
import { StateError } from "./errors.js";

const version = 1;

/**
 * Reads a state from the content of its file.
 *
 * @param location of the state, for errors
 * @param restore the help of the error for damaged content
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
  if (!validateState(value)) {
    const [first] = validateState.errors ?? [];
    throw damaged(`${place(first?.instancePath)} ${first?.message ?? "is wrong"}`);
  }
  // The schema describes the type.
  const state = value as unknown as State;
  const problem = problemIn(state);
  if (problem !== undefined) throw damaged(problem);
  return state;
}

/** Returns the first problem that the schema can't express: an id or a time that chatform never writes and can't use. */
function problemIn({
  resources,
  uncertain,
  users,
  behavior = {},
  probeRooms = [],
}: State): string | undefined {
  for (const [address, { id, container, created }] of Object.entries(resources)) {
    if (!isId(id)) return `the id of ${address} is not an id: ${JSON.stringify(id)}`;
    if (!isId(container)) return `the container of ${address} is not an id: ${JSON.stringify(container)}`;
    if (!isTime(created)) return `${address} has an invalid time of creation: ${JSON.stringify(created)}`;
  }
  for (const { address, container, at } of uncertain) {
    if (!isId(container)) return `the container of ${address} is not an id: ${JSON.stringify(container)}`;
    if (!isTime(at)) return `the create of ${address} has an invalid time: ${JSON.stringify(at)}`;
  }
  for (const [key, { date }] of Object.entries(behavior))
    if (!isTime(date)) return `the behavior ${key} has an invalid date: ${JSON.stringify(date)}`;
  for (const { jid, at } of probeRooms) {
    if (!isId(jid)) return `the jid of a probe's room is not an id: ${JSON.stringify(jid)}`;
    if (!isTime(at)) return `a probe's room has an invalid time: ${JSON.stringify(at)}`;
  }
  const [email] = Object.entries(users).find(([, id]) => !isId(id)) ?? [];
  return email === undefined ? undefined : `the id of ${email} is not an id: ${JSON.stringify(users[email])}`;
}

/** Tells whether an id is safe as a segment of a request's path. */
function isId(value: string | undefined): boolean {
  return value === undefined || !["", ".", ".."].includes(value);
}

function isTime(value: string | undefined): boolean {
  return value === undefined || Number.isFinite(Date.parse(value));
}

/** Returns the content of a state's file, members sorted by name: equal states give equal text. */
export function printState(state: State): string {
  return `${JSON.stringify(sorted(asJson(state)), undefined, 2)}\n`;
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
    // Without the parser's reason, which quotes the file: a config can name any file of a CI machine.
    throw damaged("it is not JSON", error);
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
        ? "Use a newer version of chatform, and check that the file is not another tool's state."
        : "Check that the file is not another tool's state.",
  });
}

/** Deeper than any state, and shallow enough for recursion. */
const maxDepth = 200;

/**
 * Finds the first unsafe place of a value: a member named `__proto__`, which would change the prototype of a careless copy,
 * or excessive nesting.
 */
function unsafePlace(value: Json, depth = 0): { readonly path: string; readonly why: string } | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > maxDepth) return { path: "", why: "is nested too deeply" };
  const isList = isArray(value);
  for (const key of Object.keys(value)) {
    if (key === "__proto__" && !isList) return { path: "", why: "has a member named __proto__" };
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
