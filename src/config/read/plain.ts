import { validators } from "../../generated/validators.cjs";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { JsonObject } from "../../core/json/json.js";
import type { Kind } from "../../core/kind/kind.js";
import type { Resource } from "../../core/kind/resource.js";
import { expand } from "../expand.js";
import type { FileBytes } from "./files.js";
import type { Part } from "../merge.js";
import { Merged } from "../merge.js";
import type { Places } from "./source-map.js";
import { plainJson } from "./plain-json.js";
import { plainYaml } from "./plain-yaml.js";

/** What files say. */
export interface ReadFiles {
  readonly document: JsonObject;
  readonly resources: readonly Resource[];
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where they were read without places. */
  readonly places?: Places;
}

/**
 * Reads files without the place of anything in them.
 *
 * @returns undefined where something is wrong, or is not written plainly: then they have to be read with places
 */
export function readPlainly(files: readonly FileBytes[], kinds: readonly Kind[]): ReadFiles | undefined {
  const parts: Part[] = [];
  for (const { bytes } of files) {
    const value = plainValue(bytes);
    if (value === undefined || validators["desiredState"]?.(value) !== true) return undefined;
    parts.push({ value });
  }
  const merged = new Merged(parts);
  const { resources, diagnostics } = expand(merged, kinds, merged.diagnostics);
  if (merged.diagnostics.length + diagnostics.length > 0) return undefined;
  return { document: merged.document, resources, diagnostics };
}

function plainValue(bytes: Uint8Array): JsonObject | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return plainJson(text) ?? plainYaml(text);
  } catch {
    return undefined;
  }
}
