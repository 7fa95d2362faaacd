import type { Json } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { environmentsMember } from "../environments/choose-environment.js";
import { variableFiles } from "../environments/environment-variables.js";
import type { YamlContent } from "../read/read-yaml.js";
import { rowsMember } from "../templates/row.js";
import type { Variables } from "../variables/interpolate.js";
import { interpolate } from "../variables/interpolate.js";
import { toPath } from "./file-set.js";

/** Returns the files of rows and variables that config files name, as paths that work from the working directory. */
export function findDataFiles(contents: readonly YamlContent[], variables: Variables): readonly string[] {
  return contents.flatMap(({ file, value, mayRepeat }) => {
    if (!isObject(value)) return [];
    const rows: string[] = [];
    for (const name of mayRepeat ? Object.keys(value) : [])
      for (const block of members(value[name]))
        if (isObject(block) && typeof block[rowsMember] === "string") rows.push(block[rowsMember]);
    const vars = members(value[environmentsMember])
      .flatMap((block) => (isObject(block) ? variableFiles(block["varFile"]) : []))
      .map(([, path]) => path);
    return [...rows, ...vars].flatMap((written) => {
      const { value: path } = interpolate(written, variables);
      return typeof path === "string" ? toPath(path, file) : [];
    });
  });
}

function members(value: Json | undefined): readonly (Json | undefined)[] {
  return isObject(value) ? Object.values(value) : [];
}
