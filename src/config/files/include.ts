import { stat } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { byCodeUnit, isArray, isObject } from "../../core/json/json.js";
import { addToMultimap } from "../../core/multimap.js";
import { nextTurn } from "../../core/time/turns.js";
import type { Problem } from "../problem.js";
import type { YamlContent, YamlRead } from "../read/read-yaml.js";
import { readYaml } from "../read/read-yaml.js";
import type { Place } from "../read/source.js";
import type { Variables } from "../variables/interpolate.js";
import { interpolate } from "../variables/interpolate.js";
import type { VariableLayers } from "../variables/variable-layers.js";
import {
  includeCycle,
  includedTwice,
  isMissing,
  missingFile,
  unmatchedGlob,
  unreadable,
} from "./file-problems.js";
import type { FileBytes, FileSet } from "./file-set.js";
import { folderOf, toPath } from "./file-set.js";
import { isReadInFolder } from "./folder.js";
import { isConfigName } from "./recognize.js";

/** A file, and its content. */
export interface ParsedFile extends FileBytes {
  readonly read: YamlRead;
}

export interface IncludedFiles {
  /** In the order of reading: a file stands before those that it includes. */
  readonly files: readonly ParsedFile[];
  /** The problems of the entries of `include`. Those of the files are in the set. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses the files of a set, and those that they include, which are added to the set. */
export async function readIncluded(
  set: FileSet,
  {
    layers,
    cwd,
    signal,
  }: { readonly layers: VariableLayers; readonly cwd: string; readonly signal: AbortSignal | undefined },
): Promise<IncludedFiles> {
  const inclusion = new Inclusion(set, cwd);
  const files: ParsedFile[] = [];
  const contents: YamlContent[] = [];
  // Iterating over an array includes elements that are added meanwhile.
  for (const file of set.files) {
    const read = await readYaml(file.file, file.bytes);
    files.push({ ...file, read });
    await nextTurn(signal);
    if (read.content === undefined) continue;
    contents.push(read.content);
    // An entry may refer to the variables and the environment that its own file, and the files before it, declare.
    const entries = getEntries(read.content);
    if (entries.length === 0) continue;
    // Thousands of files may have entries: only those that refer to variables look at all files before them.
    const refers = entries.some((entry) => typeof entry === "string" && entry.includes("${"));
    await inclusion.follow(read.content, refers ? (await layers.over(contents)).variables : noVariables);
  }
  return { files, diagnostics: inclusion.diagnostics };
}

const noVariables: Variables = { env: {}, vars: {} };

/** Returns the entries of `include`; none for another type, which is an error of the schema. */
function getEntries({ value }: YamlContent): readonly Json[] {
  const entries = isObject(value) ? value["include"] : undefined;
  return isArray(entries) ? entries : [];
}

/** An entry of `include`. */
interface Entry {
  readonly text: string;
  /** The text as a path that works from the working directory. */
  readonly path: string;
  /** The file that the entry is in. */
  readonly file: string;
  readonly place: Place;
}

/** Adds the files that `include` names to a set. */
class Inclusion {
  readonly diagnostics: Diagnostic[] = [];
  readonly #set: FileSet;
  readonly #cwd: string;
  /** The files that a file names, by its real path. Those of folders and globs are left out: they may hold the file itself. */
  readonly #named = new Map<string, string[]>();
  /** The paths that work from the working directory, by real path. */
  readonly #names = new Map<string, string>();
  /** The first entry that names a file or folder, by its real path. */
  readonly #entries = new Map<string, Entry>();

  constructor(set: FileSet, cwd: string) {
    this.#set = set;
    this.#cwd = cwd;
  }

  async follow(content: YamlContent, variables: Variables): Promise<void> {
    const { file, placeOf, placeWithin } = content;
    for (const [index, written] of getEntries(content).entries()) {
      if (typeof written !== "string" || written === "") continue;
      const at = ["include", String(index)];
      const { value: text, problems } = interpolate(written, variables);
      const place = placeWithin(at, false);
      for (const { part, ...problem } of problems) this.#report(problem, place(part));
      if (problems.length === 0 && typeof text === "string")
        await this.#include({ text, path: toPath(text, file), file, place: placeOf(at, false) });
    }
  }

  async #include(entry: Entry): Promise<void> {
    const { path, place } = entry;
    const naming = { member: "include", place } as const;
    try {
      const isFolder = (await stat(resolve(this.#cwd, path))).isDirectory();
      if (!isFolder && (await this.#isCycle(entry))) return;
      await this.#noteRepetition(entry);
      if (isFolder) await this.#set.addFolder(path, naming);
      else await this.#set.addFile(path, naming);
    } catch (error) {
      if (isMissing(error)) await this.#includeGlob(entry);
      else this.diagnostics.push({ ...unreadable(path, error, "include"), ...place });
    }
  }

  async #includeGlob({ text, path, file, place }: Entry): Promise<void> {
    const { glob, isDynamicPattern } = await import("tinyglobby");
    const at = { text, path, folder: folderOf(file), cwd: this.#cwd };
    if (!isDynamicPattern(text)) {
      this.#report(await missingFile(at, "include"), place);
      return;
    }
    const folder = resolve(this.#cwd, at.folder);
    const options = { cwd: folder, absolute: true, expandDirectories: false, followSymbolicLinks: false };
    const matches = (await glob(text, options)).filter(isConfigName).sort(byCodeUnit);
    const found = await filterAsync(matches, isReadInFolder);
    for (const match of found) {
      const name = toPath(isAbsolute(text) ? match : relative(folder, match), file);
      await this.#set.addFile(name, { member: "include", place }, { isListed: true });
    }
    if (found.length > 0) return;
    const segments = text.split("/");
    const base = segments
      .slice(
        0,
        segments.findIndex((segment) => isDynamicPattern(segment)),
      )
      .join("/");
    this.#report(await unmatchedGlob({ ...at, base }), place);
  }

  /** Reports an entry that leads back to its own file. */
  async #isCycle({ text, path, file, place }: Entry): Promise<boolean> {
    const [from, to] = [await this.#set.realPath(file), await this.#set.realPath(path)];
    this.#names.set(from, file).set(to, path);
    const way = this.#way(to, from);
    if (way === undefined) addToMultimap(this.#named, from, to);
    else {
      const chain = [from, ...way].map((one) => this.#names.get(one) ?? one);
      this.#report(includeCycle(chain, text), place);
    }
    return way !== undefined;
  }

  /** Returns the files by which a file leads to another one, with both; undefined if it does not. */
  #way(from: string, to: string, tried = new Set<string>()): readonly string[] | undefined {
    if (from === to) return [to];
    tried.add(from);
    for (const next of this.#named.get(from) ?? []) {
      const way = tried.has(next) ? undefined : this.#way(next, to, tried);
      if (way !== undefined) return [from, ...way];
    }
    return undefined;
  }

  async #noteRepetition(entry: Entry): Promise<void> {
    const real = await this.#set.realPath(entry.path);
    const first = this.#entries.get(real);
    if (first === undefined) {
      this.#entries.set(real, entry);
      return;
    }
    const related = [{ ...first.place, label: "first included here" }];
    this.diagnostics.push({ severity: "warning", ...includedTwice(entry.text), ...entry.place, related });
  }

  #report(problem: Problem, place: Place): void {
    this.diagnostics.push({ severity: "error", ...problem, ...place });
  }
}

async function filterAsync<T>(
  items: readonly T[],
  check: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  const kept: T[] = [];
  for (const item of items) if (await check(item)) kept.push(item);
  return kept;
}
