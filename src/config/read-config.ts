import type { Diagnostic } from "../core/diagnostic.js";
import type { JsonObject } from "../core/json/json.js";
import { isObject } from "../core/json/json.js";
import type { Pointer } from "../core/json/pointer.js";
import { blockLayout } from "../core/kind/block-layout.js";
import type { Kind } from "../core/kind/kind.js";
import type { Resource } from "../core/kind/resource.js";
import type { SharedDeclaration } from "../core/people/shared-declaration.js";
import type { Document } from "./document.js";
import type { Move } from "../core/state/moved-addresses.js";
import { expand } from "./expand.js";
import type { Part } from "./merge.js";
import { Merged } from "./merge.js";
import { checkMoved } from "./moved.js";
import type { Problem } from "./problem.js";
import { ambiguousTexts } from "./read/ambiguous-texts.js";
import type { YamlContent, YamlRead } from "./read/read-yaml.js";
import type { Place } from "./read/source.js";
import { References } from "./references.js";
import { checkSchema } from "./schema/check-schema.js";
import { applyDefaults } from "./templates/defaults.js";
import { insertValues } from "./templates/insert-values.js";
import { RowFiles } from "./templates/read-rows.js";
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
}

/** All files of a config as one. */
export interface ReadConfig {
  readonly document: JsonObject;
  readonly resources: readonly Resource[];
  /** Declarations for many users, in order of appearance. */
  readonly shared: readonly SharedDeclaration[];
  /** The renamed addresses. */
  readonly moved: readonly Move[];
  readonly diagnostics: readonly Diagnostic[];
  readonly places: ConfigPlaces;
}

/** Inserts the values of variables into files, checks them, and expands them into resources. Never throws for what a user wrote. */
export async function readConfig(
  files: readonly YamlRead[],
  { variables, kinds, cwd }: ReadConfigOptions,
): Promise<ReadConfig> {
  const parts: Part[] = [];
  const diagnostics: Diagnostic[] = [];
  const layout = blockLayout(kinds);
  const rowFiles = new RowFiles(cwd);
  const documents: Document[] = [];
  const contents: YamlContent[] = [];
  for (const read of files) {
    diagnostics.push(...read.diagnostics);
    if (read.content === undefined) continue;
    const inserted = await insertValues(read.content, variables, layout, rowFiles);
    diagnostics.push(...inserted.diagnostics);
    documents.push(inserted.document);
    contents.push(read.content);
  }
  const withDefaults = applyDefaults(documents, kinds);
  diagnostics.push(...withDefaults.diagnostics);
  for (const document of withDefaults.documents) {
    const checked = checkDocument(document, kinds);
    diagnostics.push(...checked.diagnostics);
    if (checked.part !== undefined) parts.push(checked.part);
  }
  diagnostics.push(...contents.flatMap((content) => ambiguousTexts(content, diagnostics)));
  const merged = new Merged(kinds, parts);
  diagnostics.push(...merged.diagnostics);
  const { moved, diagnostics: badMoves } = checkMoved(merged, diagnostics);
  diagnostics.push(...badMoves);
  const { resources, shared, diagnostics: others } = expand(merged, kinds, diagnostics);
  const places = configPlaces(merged, kinds);
  return {
    document: merged.document,
    resources,
    shared,
    moved,
    diagnostics: [...diagnostics, ...others],
    places,
  };
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
      return [
        ...new Map(
          places.map((place) => [`${place.range.start.offset} ${place.range.file}`, place]),
        ).values(),
      ];
    },
  };
}

function checkDocument(
  document: Document,
  kinds: readonly Kind[],
): { readonly part?: Part; readonly diagnostics: readonly Diagnostic[] } {
  const { placeOf } = document;
  if (!isObject(document.value))
    return { diagnostics: [{ severity: "error", ...notAConfig, ...placeOf([], false) }] };
  const { value, diagnostics } = checkSchema(document, kinds);
  return { ...(isObject(value) ? { part: { value, placeOf } } : {}), diagnostics };
}

const notAConfig: Problem = {
  code: "not-a-mapping",
  summary: "Not a chatform config",
  detail: "A config file is a mapping with the keys version, settings, users, rooms and others.",
  help: "Begin the file with version: 1.",
};
