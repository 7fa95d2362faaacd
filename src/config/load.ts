import type { Diagnostic } from "../core/diagnostic.js";
import type { Json, JsonObject } from "../core/json.js";
import { byCodeUnit, isObject } from "../core/json.js";
import type { Kind, Resource } from "../core/kind.js";
import type { Pointer } from "../core/pointer.js";
import { pointer } from "../core/pointer.js";
import type { Safety } from "../core/policy.js";
import { defaultSafety } from "../core/policy.js";
import { checkSchema } from "./check-schema.js";
import { expand } from "./expand.js";
import { readFiles } from "./files.js";
import type { Variables } from "./interpolate.js";
import type { Part } from "./merge.js";
import { Merged } from "./merge.js";
import { parse } from "./parse.js";
import type { Place } from "./source.js";
import { placeOf } from "./source.js";
import { readVariables } from "./variables.js";
import { valueOf } from "./yaml-value.js";

export interface LoadOptions {
  /** Files and folders, in any order. */
  readonly paths: readonly string[];
  /** `NAME=VALUE`, of --var. */
  readonly vars: readonly string[];
  /** Of --var-file. */
  readonly varFiles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly kinds: readonly Kind[];
}

/** The desired state, or what is wrong with it. */
export interface Loaded {
  /** What the files declare, merged, with variables replaced. */
  readonly document: JsonObject;
  /** Sorted by address. Complete only without errors. */
  readonly resources: readonly Resource[];
  readonly safety: Safety;
  /** The desired state's `state:`. */
  readonly state: JsonObject;
  /** As the user named them. */
  readonly files: readonly string[];
  /** All problems of all files, sorted by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The place of a value of the document, or of its name. */
  locate(at: Pointer, atKey?: boolean): Place | undefined;
  /** Where a reference (`user:jane@example.com`, `group:Support`) is made, first place first. */
  placesOf(reference: string): readonly Place[];
}

/** Reads the desired state. Never throws for what users wrote: all that is wrong is in `diagnostics`. */
export async function loadDesired(options: LoadOptions): Promise<Loaded> {
  const { vars, diagnostics: varProblems } = await readVariables(options);
  const { files: read, diagnostics: fileProblems } = await readFiles(options.paths, options.cwd);
  // Messages are sent in the order in which the files have them: it must not depend on the command line's.
  const files = read.toSorted((a, b) => byCodeUnit(a.file, b.file));
  const diagnostics = [...varProblems, ...fileProblems];
  const parts: Part[] = [];
  for (const { file, bytes } of files) {
    const part = readPart(file, bytes, { env: options.env, vars }, options.kinds, diagnostics);
    if (part !== undefined) parts.push(part);
  }
  const merged = new Merged(parts);
  diagnostics.push(...merged.diagnostics);
  const expanded = expand(merged, options.kinds, diagnostics);
  diagnostics.push(...expanded.diagnostics);
  const { safety, state } = merged.document;
  return {
    document: merged.document,
    resources: expanded.resources,
    safety: { ...defaultSafety, ...(isObject(safety) ? safety : {}) },
    state: isObject(state) ? state : {},
    files: files.map(({ file }) => file),
    diagnostics: withoutRepetitions(diagnostics).sort(byPlace),
    locate: (at, atKey = false) => merged.locate(at, atKey),
    placesOf: (reference) =>
      placesIn(merged.document, "", reference).flatMap(([at, atKey]) => merged.locate(at, atKey) ?? []),
  };
}

function readPart(
  file: string,
  bytes: Uint8Array,
  variables: Variables,
  kinds: readonly Kind[],
  diagnostics: Diagnostic[],
): Part | undefined {
  const { source, diagnostics: syntax } = parse(file, bytes);
  diagnostics.push(...syntax);
  if (source === undefined) return undefined;
  const read = valueOf(source, variables);
  diagnostics.push(...read.diagnostics);
  if (!isObject(read.value)) {
    const detail = "A desired state is a block of keys: version, settings, users, rooms.";
    const help = "Begin the file with version: 1.";
    diagnostics.push({
      severity: "error",
      code: "not-a-mapping",
      summary: "Not a desired state",
      detail,
      help,
      ...placeOf(source, [], false),
    });
    return undefined;
  }
  const checked = checkSchema(source, read, kinds);
  diagnostics.push(...checked.diagnostics);
  return isObject(checked.value) ? { source, value: checked.value } : undefined;
}

/** What an alias repeats, or two stages found, is said once. */
function withoutRepetitions(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, detail = "", range }) => {
    if (range === undefined) return true;
    const key = JSON.stringify([code, detail, range.file, range.start.offset]);
    return !seen.has(key) && seen.add(key);
  });
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return (
    byCodeUnit(a.range?.file ?? "", b.range?.file ?? "") ||
    (a.range?.start.offset ?? 0) - (b.range?.start.offset ?? 0) ||
    byCodeUnit(a.code, b.code)
  );
}

/** Pointers of the values, and names, that refer to a person or group. */
function placesIn(value: Json, at: Pointer, reference: string): readonly (readonly [Pointer, boolean])[] {
  if (typeof value === "string") return `user:${value.toLowerCase()}` === reference ? [[at, false]] : [];
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => placesIn(item, at + pointer(index), reference));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = at + pointer(key);
    const isName = at === "/users" && `user:${key.toLowerCase()}` === reference;
    const isGroup = key === "group" && typeof inner === "string" && `group:${inner}` === reference;
    return [
      ...(isName ? [[here, true] as const] : []),
      ...(isGroup ? [[here, false] as const] : []),
      ...placesIn(inner ?? null, here, reference),
    ];
  });
}
