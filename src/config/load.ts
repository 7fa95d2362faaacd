import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json/json.js";
import { byCodeUnit, isObject } from "../core/json/json.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import type { Safety } from "../core/plan/policy.js";
import { defaultSafety } from "../core/plan/policy.js";
import { readFiles } from "./read/files.js";
import type { Places } from "./read/source-map.js";
import { readPlainly } from "./read/plain.js";
import { readVariables } from "./variables/variables.js";

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
  /** Where what they declare stands in the files. They are read again for it, unless they had a problem. */
  places(): Promise<Places>;
}

/**
 * Reads the desired state. Never throws for what users wrote: all that is wrong is in `diagnostics`.
 *
 * Files in which nothing is wrong are read plainly. As soon as there is something to say, they are read with the place of
 * everything in them, which takes many times as long.
 */
export async function loadDesired(options: LoadOptions): Promise<Loaded> {
  const { kinds, env } = options;
  const { vars, diagnostics: varProblems } = await readVariables(options);
  const { files: read, diagnostics: fileProblems } = await readFiles(options.paths, options.cwd);
  // Messages are sent in the order in which the files have them: it must not depend on the command line's.
  const files = read.toSorted((a, b) => byCodeUnit(a.file, b.file));
  const problems = [...varProblems, ...fileProblems];
  const withPlaces = async () => {
    const { readPlaced } = await import("./read/source-map.js");
    return readPlaced(files, { env, vars }, kinds, problems);
  };
  const plain = problems.length === 0 ? readPlainly(files, kinds) : undefined;
  const { document, resources, diagnostics, places } = plain ?? (await withPlaces());
  const { safety, state } = document;
  return {
    document,
    resources,
    safety: { ...defaultSafety, ...(isObject(safety) ? safety : {}) },
    state: isObject(state) ? state : {},
    files: files.map(({ file }) => file),
    diagnostics: withoutRepetitions(diagnostics).sort(byPlace),
    places: async () => places ?? (await withPlaces()).places,
  };
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
