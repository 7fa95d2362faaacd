import type { EditableFile } from "../../../config/edit/editable-file.js";
import { openCsv, openYaml } from "../../../config/edit/editable-file.js";
import type { PeopleFound, PersonEntry, RowUse } from "../../../config/edit/find-people.js";
import { findPeople } from "../../../config/edit/find-people.js";
import type { PeopleFile } from "../../../config/edit/people-file.js";
import { removePeople } from "../../../config/edit/people-file.js";
import type { Loaded } from "../../../config/load.js";
import { readYaml } from "../../../config/read/read-yaml.js";
import { readConfig } from "../../../config/read-config.js";
import type { FileBytes } from "../../../config/files/file-set.js";
import { readFiles } from "../../../config/files/file-set.js";
import { desiredStateSchema } from "../../../config/schema/schema.js";
import { insertValues } from "../../../config/templates/insert-values.js";
import { isCsv, RowFiles } from "../../../config/templates/read-rows.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { DiagnosticsError, InternalError } from "../../../core/diagnostic.js";
import { blockLayout } from "../../../core/kind/block-layout.js";
import { kinds } from "../../../resources/index.js";
import type { DepartedPeople } from "./departed-people.js";
import type { FixedEntry } from "./fix-output.js";
import type { FileEdit, TargetFile } from "./replace-files.js";
import { findTarget } from "./replace-files.js";

/** The files of a config and of its rows, read again for edits. */
export interface OpenConfig {
  readonly files: readonly OpenFile[];
  readonly context: Pick<Loaded, "variables"> & {
    readonly cwd: string;
    /** The name of the chosen environment. */
    readonly environment: string | undefined;
  };
}

interface OpenFile extends PeopleFile {
  readonly target: TargetFile;
  /** False for a file of rows. */
  readonly isConfig: boolean;
  readonly people: PersonEntry[];
  readonly uses: RowUse[];
}

/** An edit of a file, and the entries that it is about. */
export interface ConfigEdit extends FileEdit {
  readonly entries: readonly FixedEntry[];
}

/**
 * Reads the files of a valid config, and those of its rows, for edits.
 *
 * @throws DiagnosticsError file-not-replaced for pipes and devices, and for a file that became invalid meanwhile
 */
export async function openConfig(
  { files: names, rowFiles, variables, environment }: Loaded,
  cwd: string,
): Promise<OpenConfig> {
  const targets = new Map<string, TargetFile>();
  // Before any file is read again: a pipe would give nothing.
  for (const name of [...names, ...rowFiles]) targets.set(name, await findTarget(name, cwd));
  const { files, diagnostics } = await readFiles(names, cwd);
  const context = { variables, cwd, environment: environment?.name };
  const insertion = { ...context, layout: blockLayout(kinds), rowFiles: new RowFiles({ cwd }) };
  const schema = desiredStateSchema(kinds);
  const opened = new OpenFiles(targets);
  const configs = await Promise.all(files.map(async (file) => reopened(file, await openYaml(file))));
  for (const config of configs) opened.add(config, true);
  for (const { content } of configs) {
    const { templates, diagnostics: problems } = await insertValues(content, insertion);
    diagnostics.push(...problems.filter(isError));
    for (const { rows } of templates) if (rows.source !== undefined) await opened.addRows(rows.source);
    opened.addPeople(findPeople(content, { schema, variables, templates }));
  }
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return { files: opened.all, context };
}

/** Returns a file that was read before. @throws InternalError if it has problems now */
function reopened<Opened>({ file }: FileBytes, opened: Opened | undefined): Opened {
  if (opened === undefined) throw new InternalError(`${file} was read, and cannot be read again`);
  return opened;
}

/** Files that are open for edits, by real path: a config may name one file in several ways. */
class OpenFiles {
  readonly #targets: ReadonlyMap<string, TargetFile>;
  readonly #files = new Map<string, OpenFile>();

  constructor(targets: ReadonlyMap<string, TargetFile>) {
    this.#targets = targets;
  }

  get all(): readonly OpenFile[] {
    return [...this.#files.values()];
  }

  add(opened: EditableFile, isConfig: boolean): void {
    const target = this.#target(opened.file);
    this.#files.set(target.path, { target, opened, isConfig, people: [], uses: [] });
  }

  async addRows(source: FileBytes): Promise<void> {
    if (this.#files.has(this.#target(source.file).path)) return;
    this.add(reopened(source, isCsv(source.file) ? openCsv(source) : await openYaml(source)), false);
  }

  addPeople({ people, uses }: PeopleFound): void {
    for (const entry of people) this.#get(entry.file).people.push(entry);
    for (const use of uses) this.#get(use.file).uses.push(use);
  }

  #get(name: string): OpenFile {
    const file = this.#files.get(this.#target(name).path);
    if (file === undefined) throw new InternalError(`${name} is not open`);
    return file;
  }

  #target(name: string): TargetFile {
    const target = this.#targets.get(name);
    if (target === undefined) throw new InternalError(`${name} was not read with the config`);
    return target;
  }
}

/** Returns the people whom the files name, by e-mail or id, each spelling once. */
export function getPeople({ files }: OpenConfig): readonly string[] {
  return [...new Set(files.flatMap(({ people }) => people.map(({ user }) => user)))];
}

/** Removes departed users from the files, in memory. @throws InternalError if the config would not be valid afterwards */
export async function editConfig(
  { files, context }: OpenConfig,
  found: DepartedPeople,
): Promise<readonly ConfigEdit[]> {
  const edits: ConfigEdit[] = [];
  for (const file of files) edits.push(await editFile(file, found));
  const replaced = new Map(edits.map(({ path, after }) => [path, after]));
  const configs = edits.filter((_edit, index) => files[index]?.isConfig === true);
  const after = await Promise.all(configs.map(({ file, after: bytes }) => readYaml(file, bytes)));
  const { diagnostics } = await readConfig(after, { ...context, kinds, replaced });
  const problem = diagnostics.find(isError);
  if (problem !== undefined)
    throw new InternalError(`the edit would make the config invalid: ${problem.detail ?? problem.summary}`);
  return edits;
}

async function editFile(file: OpenFile, { departed, unknown }: DepartedPeople): Promise<ConfigEdit> {
  const find = (user: string): ReturnType<typeof departed.get> => departed.get(user.toLowerCase());
  const { bytes, removed, left } = await removePeople(file, {
    getNames: (user) => {
      const person = find(user);
      return person === undefined ? undefined : [person.id, person.email ?? user, user].map(toLower);
    },
    isUnknown: (user) => unknown.has(user.toLowerCase()),
  });
  const entries = [...removed, ...left].map((entry): FixedEntry => {
    const { id, email, state } = find(entry.user) ?? {};
    return {
      ...entry,
      ...(id === undefined ? {} : { id }),
      ...(email === undefined ? {} : { email }),
      state: state ?? "unknown",
    };
  });
  return {
    ...file.target,
    before: file.opened.bytes,
    after: bytes,
    entries: entries.sort((a, b) => a.place.range.start.offset - b.place.range.start.offset),
  };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

function toLower(text: string): string {
  return text.toLowerCase();
}
