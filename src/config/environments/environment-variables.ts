import type { Diagnostic } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import type { FileSurroundings } from "../files/file-set.js";
import { readNamedFile } from "../files/file-set.js";
import { interpolate } from "../variables/interpolate.js";
import { readVariableFile } from "../variables/variable-file.js";
import type { DeclaredEnvironment } from "./choose-environment.js";
import { environmentsMember } from "./choose-environment.js";

/** The values of an environment's variables by name, and the problems of what they were read from. */
interface EnvironmentVariables {
  readonly vars: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the variables of an environment: those of its files, and over them those that it lists.
 *
 * @param env variables of the operating system, to which its values and paths may refer
 */
export async function readEnvironmentVariables(
  environment: DeclaredEnvironment,
  env: Readonly<Record<string, string | undefined>>,
  surroundings: FileSurroundings,
): Promise<EnvironmentVariables> {
  const { name: chosen, content, block } = environment;
  const diagnostics: Diagnostic[] = [];
  const vars: Record<string, string> = {};
  const at = [environmentsMember, chosen];
  const resolve = (text: string, path: readonly string[]): string => {
    const { value, problems } = interpolate(text, { env, vars: {} });
    for (const { part: _, ...problem } of problems)
      diagnostics.push({ severity: "error", ...problem, ...content.placeOf([...at, ...path], false) });
    return typeof value === "string" ? value : "";
  };
  for (const [path, file] of variableFiles(block["varFile"])) {
    const place = content.placeOf([...at, ...path], false);
    const namedAt = { file: content.file, place, member: "varFile" } as const;
    const { files, diagnostics: problems } = await readNamedFile(resolve(file, path), namedAt, surroundings);
    diagnostics.push(...problems);
    for (const one of files)
      for (const [name, { value }] of await readVariableFile(one.file, one.bytes, diagnostics))
        vars[name] = value;
  }
  const { variables } = block;
  for (const [key, value] of Object.entries(isObject(variables) ? variables : {})) {
    if (typeof value === "string") vars[key] = resolve(value, ["variables", key]);
    else if (typeof value === "number" || typeof value === "boolean") vars[key] = String(value);
  }
  return { vars, diagnostics };
}

/** Returns the paths of the member `varFile` with the places of the paths in the block. */
export function variableFiles(varFile: Json | undefined): readonly (readonly [readonly string[], string])[] {
  if (typeof varFile === "string") return [[["varFile"], varFile]];
  if (!isArray(varFile)) return [];
  return varFile.flatMap((file, index) =>
    typeof file === "string" ? [[["varFile", String(index)], file] as const] : [],
  );
}
