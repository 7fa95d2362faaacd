import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json/json.js";
import { isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { tokens } from "../core/json/pointer.js";
import { blockLayout } from "../core/kind/block-layout.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import type { SharedDeclaration } from "../core/people/shared-declaration.js";
import type { Document } from "./document.js";
import type { Move } from "../core/state/moved-addresses.js";
import type { Steps } from "../core/time/turns.js";
import { inTurns, nextTurn } from "../core/time/turns.js";
import type { Environment } from "./environments/choose-environment.js";
import { environmentsMember } from "./environments/choose-environment.js";
import type { ReplacedFiles } from "./files/file-set.js";
import type { Project } from "./files/project.js";
import { expand } from "./expand.js";
import type { Part } from "./merge.js";
import { Merged } from "./merge.js";
import { checkMoved } from "./moved.js";
import { ambiguousTexts } from "./read/ambiguous-texts.js";
import type { PlaceOf, YamlRead } from "./read/read-yaml.js";
import type { Place } from "./read/source.js";
import { startKey, startKeys } from "./read/source.js";
import { References } from "./references.js";
import { checkSchema } from "./schema/check-schema.js";
import { notAConfig } from "./schema/schema-messages.js";
import { applyDefaults } from "./templates/defaults.js";
import { insertValues } from "./templates/insert-values.js";
import { RowFiles } from "./templates/read-rows.js";
import { rowsMember } from "./templates/row.js";
import { findTemplates } from "./variables/template-texts.js";
import type { Variables } from "./variables/interpolate.js";

/** The places of a config's values. */
export interface ConfigPlaces {
  /** Returns the place of a value of the merged document, or of its key. */
  locate(at: Pointer, atKey?: boolean): Place | undefined;
  /**
   * Returns the places that refer to a user or a source, in order, each once.
   *
   * @param reference `user:jane@example.com`, `group:Support`, an id, or the key of an entry of a list of people
   * @param within the pointer of the value to search, such as a resource's; missing: everywhere
   */
  findReferences(reference: string, within?: Pointer): readonly Place[];
}

export interface ReadConfigOptions {
  readonly variables: Variables;
  readonly kinds: readonly Kind[];
  /** The folder that names of files are relative to. */
  readonly cwd: string;
  /** The project that links of files may not lead out of. Missing: they may lead anywhere. */
  readonly project?: Project | undefined;
  /** The name of the chosen environment; undefined if the config declares none. */
  readonly environment?: string | undefined;
  /** Contents that count instead of those on the disk. Missing: none. */
  readonly replaced?: ReplacedFiles | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** All files of a config as one. */
export interface ReadConfig {
  readonly document: JsonObject;
  readonly resources: readonly Resource[];
  /** Declarations for many users, in order of appearance. */
  readonly shared: readonly SharedDeclaration[];
  /** The renamed addresses. */
  readonly moved: readonly Move[];
  /** The files of rows, as paths that work from the working directory. */
  readonly rowFiles: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly places: ConfigPlaces;
  /** The chosen environment; undefined if the config declares none. */
  readonly environment?: Environment;
}

/** Inserts the values of variables into files, checks them, and expands them into resources. Never throws for what a user wrote. */
export async function readConfig(
  files: readonly YamlRead[],
  { variables, kinds, environment, signal, ...surroundings }: ReadConfigOptions,
): Promise<ReadConfig> {
  const diagnostics = files.flatMap((read) => read.diagnostics);
  const contents = files.flatMap(({ content }) => content ?? []);
  const rowFiles = new RowFiles(surroundings);
  const insertion = { variables, layout: blockLayout(kinds), rowFiles, environment };
  const documents: Document[] = [];
  for (const content of contents) {
    const inserted = await insertValues(content, insertion);
    diagnostics.push(...inserted.diagnostics);
    documents.push(inserted.document);
    await nextTurn(signal);
  }
  const parts = await inTurns(checkDocuments(documents, kinds, diagnostics), signal);
  const known = startKeys(diagnostics);
  diagnostics.push(...contents.flatMap((content) => ambiguousTexts(content, known, becomesText)));
  const knownToo = startKeys(diagnostics);
  diagnostics.push(...contents.flatMap((content) => findTemplates(content, knownToo)));
  const wrong = startKeys(diagnostics.filter(({ code }) => code === "wrong-type"));
  const merged = new Merged(kinds, parts, ({ range }) => wrong.has(startKey(range)));
  diagnostics.push(...merged.diagnostics);
  await nextTurn(signal);
  const { moved, diagnostics: badMoves } = checkMoved(merged, diagnostics);
  diagnostics.push(...badMoves);
  const { resources, shared, diagnostics: others } = expand(merged, kinds, diagnostics);
  const read = {
    ...{ resources, shared, moved, rowFiles: rowFiles.files },
    diagnostics: [...diagnostics, ...others],
  };
  await nextTurn(signal);
  const places = configPlaces(merged, kinds);
  if (environment === undefined) return { ...read, document: merged.document, places };
  const { state, placeOf, ...access } = environmentIn(parts, environment);
  const withName = { ...read, environment: { name: environment, ...access } };
  if (state === undefined) return { ...withName, document: merged.document, places };
  const locate: ConfigPlaces["locate"] = (at, atKey = false) =>
    at === "/state" || at.startsWith("/state/")
      ? placeOf?.([environmentsMember, environment, ...tokens(at)], atKey)
      : places.locate(at, atKey);
  return { ...withName, document: { ...merged.document, state }, places: { ...places, locate } };
}

/** Gives all blocks their defaults, and checks the schema. Returns the documents that are mappings. */
function* checkDocuments(
  documents: readonly Document[],
  kinds: readonly Kind[],
  diagnostics: Diagnostic[],
): Steps<readonly Part[]> {
  const withDefaults = applyDefaults(documents, kinds);
  diagnostics.push(...withDefaults.diagnostics);
  const parts: Part[] = [];
  for (const document of withDefaults.documents) {
    const { placeOf } = document;
    if (!isObject(document.value)) {
      diagnostics.push({ severity: "error", ...notAConfig(document.value), ...placeOf([], false) });
      continue;
    }
    const { value, diagnostics: problems } = checkSchema(document);
    diagnostics.push(...problems);
    if (isObject(value)) parts.push({ value, placeOf });
    yield;
  }
  return parts;
}

/** Says whether a number at a path becomes a text where it is inserted: a variable, or a value of a row. */
function becomesText([member, , inner, ...rest]: readonly string[]): boolean {
  if (member === "variables") return inner === "default";
  return (
    inner === rowsMember || (member === environmentsMember && inner === "variables" && rest.length === 1)
  );
}

/** Returns what the chosen environment sets, with the values of variables. */
function environmentIn(
  parts: readonly Part[],
  name: string,
): Omit<Environment, "name"> & { readonly state?: JsonObject; readonly placeOf?: PlaceOf } {
  for (const { value, placeOf } of parts) {
    const environments = value[environmentsMember];
    const block = isObject(environments) ? environments[name] : undefined;
    if (!isObject(block)) continue;
    const { profile, region, state } = block;
    return {
      ...(typeof profile === "string" ? { profile } : {}),
      ...(typeof region === "string" ? { region } : {}),
      ...(isObject(state) ? { state } : {}),
      placeOf,
    };
  }
  return {};
}

function configPlaces(merged: Merged, kinds: readonly Kind[]): ConfigPlaces {
  let references: References | undefined;
  return {
    locate: (at, atKey = false) => merged.locate(at, atKey),
    findReferences(reference, within) {
      references ??= new References(merged.document, blockLayout(kinds).lowerCase);
      const places = references
        .find(reference, within)
        .flatMap(({ at, atKey }) => merged.locate(at, atKey) ?? []);
      // Aliases repeat what is written in one place.
      return [...new Map(places.map((place) => [placeKey(place), place])).values()];
    },
  };
}

/** Returns a text that is equal for places that begin at the same character, for the same row. */
function placeKey({ range, related = [] }: Place): string {
  return [range, ...related.map((one) => one.range)].map(startKey).join("\n");
}
