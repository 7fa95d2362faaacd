import type { PeopleFile, Reading } from "../../../config/edit/people-file.js";
import { placeEntries, readPeopleFile, removePeople } from "../../../config/edit/people-file.js";
import type { Loaded } from "../../../config/load.js";
import { readYaml } from "../../../config/read/read-yaml.js";
import { readConfig } from "../../../config/read-config.js";
import { readFiles } from "../../../config/files/file-set.js";
import { desiredStateSchema } from "../../../config/schema/schema.js";
import { DiagnosticsError, InternalError } from "../../../core/diagnostic.js";
import { isObject } from "../../../core/json/json.js";
import { kinds } from "../../../resources/index.js";
import type { DepartedPeople } from "./departed-people.js";
import type { FixedEntry } from "./fix-output.js";
import type { FileEdit, TargetFile } from "./replace-files.js";
import { findTarget } from "./replace-files.js";

/** The files of a config, read again for edits. */
export interface OpenConfig {
  readonly files: readonly (PeopleFile & TargetFile)[];
  readonly reading: Reading;
  readonly cwd: string;
  /** The name of the chosen environment. */
  readonly environment: string | undefined;
}

/** An edit of a file, and the entries that it is about. */
export interface ConfigEdit extends FileEdit {
  readonly entries: readonly FixedEntry[];
}

/**
 * Reads the files of a valid config for edits.
 *
 * @throws DiagnosticsError file-not-replaced for pipes and devices, and for a file that became invalid meanwhile
 */
export async function openConfig(
  { files: names, variables, environment }: Pick<Loaded, "files" | "variables" | "environment">,
  cwd: string,
): Promise<OpenConfig> {
  const reading = { variables, schema: desiredStateSchema(kinds) };
  const targets = new Map<string, TargetFile>();
  for (const name of names) targets.set(name, await findTarget(name, cwd));
  const { files, diagnostics } = await readFiles(names, cwd);
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  const opened: (PeopleFile & TargetFile)[] = [];
  for (const one of files) {
    const [target, read] = [targets.get(one.file), await readPeopleFile(one, reading)];
    if (target === undefined || read === undefined)
      throw new InternalError(`${one.file} was read, and cannot be read again`);
    opened.push({ ...read, ...target });
  }
  return { files: opened, reading, cwd, environment: environment?.name };
}

/** Returns the people whom the files name, by e-mail or id, each spelling once. */
export function getPeople({ files }: OpenConfig): readonly string[] {
  return [...new Set(files.flatMap(({ people }) => people.map(({ user }) => user)))];
}

/** Returns true if a block is written for rows, which may name people too. */
export function hasRows({ files }: OpenConfig): boolean {
  return files.some(({ content: { value } }) =>
    Object.values(isObject(value) ? value : {}).some(
      (blocks) =>
        isObject(blocks) &&
        Object.values(blocks).some((block) => isObject(block) && Object.hasOwn(block, "forEach")),
    ),
  );
}

/** Removes departed users from the files, in memory. @throws InternalError if the config would not be valid afterwards */
export async function editConfig(
  { files, reading, cwd, environment }: OpenConfig,
  found: DepartedPeople,
): Promise<readonly ConfigEdit[]> {
  const edits: ConfigEdit[] = [];
  for (const file of files) edits.push(await editFile(file, found, reading));
  const after = await Promise.all(edits.map(({ file, after: bytes }) => readYaml(file, bytes)));
  const { diagnostics } = await readConfig(after, { variables: reading.variables, kinds, cwd, environment });
  const [problem] = diagnostics.filter(({ severity }) => severity === "error");
  if (problem !== undefined)
    throw new InternalError(`the edit would make the config invalid: ${problem.detail ?? problem.summary}`);
  return edits;
}

async function editFile(
  file: PeopleFile & TargetFile,
  { departed, unknown }: DepartedPeople,
  reading: Reading,
): Promise<ConfigEdit> {
  const find = (user: string): ReturnType<typeof departed.get> => departed.get(user.toLowerCase());
  const { bytes, removed, left } = await removePeople(
    file,
    (user) => {
      const person = find(user);
      return person === undefined ? undefined : [person.id, person.email ?? user, user].map(toLower);
    },
    reading,
  );
  const missing = placeEntries(file, ({ user }) => unknown.has(user.toLowerCase()));
  const entries = [...removed, ...left].map((entry): FixedEntry => {
    const { id, email, state } = find(entry.user) ?? {};
    return {
      ...entry,
      ...(id === undefined ? {} : { id }),
      ...(email === undefined ? {} : { email }),
      state: state ?? "unknown",
    };
  });
  const all = [
    ...entries,
    ...missing.map((entry): FixedEntry => ({ ...entry, state: "unknown", reason: unknownReason })),
  ];
  return {
    file: file.file,
    link: file.link,
    path: file.path,
    before: file.bytes,
    after: bytes,
    entries: all.sort((a, b) => a.place.range.start.offset - b.place.range.start.offset),
  };
}

function toLower(text: string): string {
  return text.toLowerCase();
}

const unknownReason = "Genesys Cloud has no such user, neither active nor departed. Check the spelling.";
