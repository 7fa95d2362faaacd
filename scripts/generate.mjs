/**
 * Runs after tsc: writes schemas/desired-state.schema.json from the kinds' declarations, compiles the schemas into files of
 * validators, so that a command compiles none and loads only those that it uses, puts the files of the HTML report into a module, and writes the
 * types that the package publishes.
 */
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { writePlainTypes } from "./plain-types.mjs";

const root = new URL("../", import.meta.url);
const at = (path) => new URL(path, root);

const { desiredStateSchema } = await import(at("build/config/schema/schema.js"));
const { editorSchema } = await import(at("build/config/schema/editor-schema.js"));
const { kinds } = await import(at("build/resources/index.js"));
const { requestSchemas } = await import(at("build/api/operations/models.js"));

const forEditors = `${JSON.stringify(editorSchema(kinds), null, 2)}\n`;
await writeFile(at("schemas/desired-state.schema.json"), forEditors);

const options = {
  strict: true,
  strictTypes: false,
  strictRequired: false,
  code: { source: true },
};
const add = (ajv, name, schema) => {
  const id = schema.$id ?? `urn:chatform:${name}`;
  ajv.addSchema({ $id: id, ...schema });
  return { [name]: id };
};
// Nobody wrote these files by hand: the first error tells that they are damaged.
const untilFirst = new Ajv2020(options);
const fromFile = async (name, file) =>
  add(untilFirst, name, JSON.parse(await readFile(at(`schemas/${file}`), "utf8")));
const files = {
  state: await fromFile("validateState", "state.schema.json"),
  plan: await fromFile("validatePlan", "plan.schema.json"),
};
const thorough = new Ajv2020({ ...options, allErrors: true });
const models = Object.entries(requestSchemas).map(([name, schema]) => add(thorough, name, schema));

await mkdir(at("build/generated/"), { recursive: true });
for (const [file, ids] of Object.entries(files))
  await writeGenerated(`${file}.cjs`, standalone.default(untilFirst, ids));
await writeGenerated("desired-state.cjs", desiredStateValidator());
const requestValidators = standalone.default(thorough, Object.assign({}, ...models));
await writeGenerated(
  "requests.cjs",
  `${requestValidators}\nexports.requestValidators = { ...module.exports };\n`,
);
await writeGenerated("report-assets.cjs", await reportAssets());
await writePlainTypes({ RequestBody: Object.keys(requestSchemas) });

/**
 * Returns the validator of the config. Each mapping has a schema and a function of its own, so that V8 compiles only what a config uses.
 * Errors have their schemas, as their paths begin at such a mapping; these need no descriptions.
 */
function desiredStateValidator() {
  const verbose = new Ajv2020({ ...options, allErrors: true, verbose: true, inlineRefs: false });
  const toId = (name) => `urn:chatform:${name}`;
  const shorter = (key, value) => {
    if (key === "description" && typeof value === "string") return undefined;
    return key === "$ref" ? toId(value.replace("#/$defs/", "")) : value;
  };
  const { $defs, ...schema } = JSON.parse(JSON.stringify(desiredStateSchema(kinds), shorter));
  for (const [name, definition] of Object.entries($defs)) verbose.addSchema(definition, toId(name));
  const ids = new Map();
  const replace = (members) =>
    members && Object.fromEntries(Object.entries(members).map(([key, one]) => [key, toReference(one)]));
  const split = (mapping) => {
    const { properties, additionalProperties } = mapping;
    return {
      ...mapping,
      ...(properties && { properties: replace(properties) }),
      ...(additionalProperties && { additionalProperties: toReference(additionalProperties) }),
    };
  };
  function toReference(one) {
    if (one.type !== "object") return one;
    const definition = split(one);
    const text = JSON.stringify(definition);
    if (!ids.has(text)) {
      ids.set(text, toId(`mapping${ids.size}`));
      verbose.addSchema(definition, ids.get(text));
    }
    return { $ref: ids.get(text) };
  }
  verbose.addSchema(split(schema));
  return withoutCopies(standalone.default(verbose, { validateDesiredState: schema.$id }));
}

/**
 * Makes a validator add the errors of a mapping to those before it. Ajv copies those before it for each mapping with an error, which takes
 * quadratic time: seconds for a config with one mistake in each of its resources.
 */
function withoutCopies(code) {
  const copies = /\bvErrors\.concat\((\w+)\.errors\)/g;
  if (!copies.test(code)) throw new Error("Ajv adds errors in another way now.");
  const append = "function append(all, more) { for (const one of more) all.push(one); return all; }";
  return `${code.replaceAll(copies, "append(vErrors, $1.errors)")}\n${append}\n`;
}

async function writeGenerated(name, text) {
  await writeFile(at(`src/generated/${name}`), text);
  await copyFile(at(`src/generated/${name}`), at(`build/generated/${name}`));
}

/** Returns a module with the page, the style and the script of the HTML report. */
async function reportAssets() {
  const files = { page: "report.html", stylesheet: "report.css", script: "report.js" };
  const lines = Object.entries(files).map(async ([name, file]) => {
    const text = await readFile(at(`src/views/reports/html/${file}`), "utf8");
    return `exports.${name} = ${JSON.stringify(text)};\n`;
  });
  return (await Promise.all(lines)).join("");
}
