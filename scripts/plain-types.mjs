/**
 * Part of the build: writes out the types of API bodies in dist/api/operations/models.d.ts, which are computed from schemas, so that
 * those who use the package's types need no library for it.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const file = fileURLToPath(new URL("../dist/api/operations/models.d.ts", import.meta.url));
const probe = file.replace("models.d.ts", "models.probe.d.ts");

/** @param models names of the models, by the type that has them: `{ RequestBody: ["ChatSettings"] }` */
export async function writePlainTypes(models) {
  const text = await readFile(file, "utf8");
  // A build that changed nothing in it leaves it as it was written.
  if (!text.includes("json-schema-to-ts")) return;
  const types = getTypes(models);
  let plain = text.replace(/^import type .* from "json-schema-to-ts";\n/m, "");
  for (const [name, names] of Object.entries(models)) {
    const members = names
      .map((model) => `    readonly ${model}: ${types.get(`${name}_${model}`)};\n`)
      .join("");
    plain = plain.replace(
      new RegExp(`^(export type ${name}<.*>) = FromSchema<.*>;$`, "m"),
      (_all, head) => `${head} = {\n${members}}[M];`,
    );
  }
  if (plain.includes("FromSchema"))
    throw new Error(`${file} declares types that plain-types.mjs does not know`);
  await writeFile(file, plain);
}

/** Every type in full, by `TYPE_MODEL`. */
function getTypes(models) {
  const aliases = Object.entries(models).flatMap(([name, names]) =>
    names.map((model) => `export type ${name}_${model} = ${name}<"${model}">;`),
  );
  const text = `import type { ${Object.keys(models).join(", ")} } from "./models.js";\n${aliases.join("\n")}\n`;
  const options = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [] },
    ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read, getSourceFile } = host;
  host.fileExists = (path) => path === probe || fileExists(path);
  host.readFile = (path) => (path === probe ? text : read(path));
  host.getSourceFile = (path, ...rest) =>
    path === probe
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram([probe], options, host);
  const checker = program.getTypeChecker();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  return new Map(
    program
      .getSourceFile(probe)
      .statements.filter(ts.isTypeAliasDeclaration)
      .map((node) => [
        node.name.text,
        checker.typeToString(checker.getTypeAtLocation(node), undefined, flags),
      ]),
  );
}
