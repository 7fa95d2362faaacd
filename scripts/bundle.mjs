/**
 * Ends the build: bundles the output of tsc in build/, and its libraries, to a few files in dist/. Most of the startup time is spent
 * finding, opening and linking files: docs/decisions/0004-a-bundle.md.
 */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { sbom } from "./sbom.mjs";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** Packages that are not bundled: gemoji is large and rarely needed, pg is installed by users. */
const installed = ["gemoji", "pg"];

/**
 * The files of dist/chunks that most commands load: each holds these modules and all that they import, except for what an
 * earlier one holds. The other files hold what is left, by what loads it; that alone would make more than a hundred for one command.
 */
const commonFiles = {
  // The emulator needs these too, and loads none of the files below.
  core: [
    "api/operations/operations",
    "core/jid",
    "core/json/json",
    "core/multimap",
    "core/nearest",
    "core/permissions/held-permissions",
    "http/allowed-host",
    "ajv/dist/runtime/ucs2length",
  ],
  run: ["cli/run", "cli/parse/values"],
  config: ["cli/commands/validate/validate"],
  org: ["cli/session/session"],
  plan: ["cli/commands/plan/plan"],
};

/** Files of libraries whose code chatform never runs, and what the bundle has instead: they would only lengthen each start. */
const leftOut = {
  // chatform speaks HTTP/1.1 only.
  "/undici/lib/dispatcher/client-h2.js":
    'module.exports = () => { throw new Error("HTTP/2 is not bundled"); };',
  // Bodies are texts: others need half of fetch.
  "/undici/lib/web/fetch/body.js": 'throw new Error("fetch is not bundled");',
  // yargs looks in every folder above for a package.json, whose version it would show.
  "/escalade/sync/index.mjs": 'export default () => "";',
};
const found = new Set();
const withoutUnused = {
  name: "without-unused",
  load(path) {
    const name = Object.keys(leftOut).find((end) => path.endsWith(end));
    if (name === undefined) return undefined;
    found.add(name);
    return leftOut[name];
  },
  buildEnd() {
    const missing = Object.keys(leftOut).filter((name) => !found.has(name));
    if (missing.length > 0) throw new Error(`Libraries have other files now than ${missing.join(", ")}.`);
  },
};

/**
 * V8 of Node 20 compiles a function in parentheses together with its file, unless the function is an arrow function: then it reads the
 * functions of a CommonJS module twice, with the file and when the module is loaded.
 */
const readOnce = {
  name: "read-once",
  renderChunk(code) {
    const wrapped = code.replaceAll(/(?<=__commonJSMin\(\()\(([\w$, ]*)\) =>/g, "function($1)");
    if (/__commonJSMin\((?!\(function\()/.test(wrapped))
      throw new Error("rolldown wraps CommonJS modules in another way now.");
    return wrapped;
  },
};

const bundle = await rolldown({
  input: { main: at("build/main.js"), "emulator/index": at("build/emulator/index.js") },
  platform: "node",
  external: [/^node:/, ...installed],
  plugins: [withoutUnused, readOnce],
  // The version is then in main.js itself: `--version` loads no other file.
  optimization: { inlineConst: { mode: "all" } },
});
const { output } = await bundle.write({
  dir: at("dist"),
  // Node starts these faster than ES modules, whose loader it then never loads.
  format: "cjs",
  strict: true,
  // V8 reads a file of ASCII characters faster. Comments would only be skipped; names and line breaks stay, for stack traces.
  charset: "ascii",
  comments: false,
  // Two folders deep, like the files of src that look for files of the package: src/cli/package-file.ts.
  chunkFileNames: "chunks/[name].js",
  codeSplitting: {
    groups: Object.entries(commonFiles).map(([name, modules], index, { length }) => ({
      name,
      test: (path) => modules.some((module) => path.endsWith(`/${module}.js`)),
      priority: length - index,
    })),
  },
});
await bundle.close();
await writeFile(at("dist/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);

const require = createRequire(import.meta.url);
const libraries = bundledLibraries(output);
await writeFile(at("dist/licenses.txt"), await licenses(libraries));
const bom = sbom(require("../package.json"), libraries);
await writeFile(at("dist/sbom.cdx.json"), `${JSON.stringify(bom, null, 2)}\n`);

// Removes files that no entry of the package needs, and files of earlier builds.
const needed = new Set([
  ...output.map(({ fileName }) => at(`dist/${fileName}`)),
  ...(await declarations(at("dist/emulator/index.d.ts"))),
]);
for (const name of await readdir(at("dist"), { recursive: true }))
  if (/\.(?:c?js|d\.ts)$/.test(name) && !needed.has(at(`dist/${name}`))) await rm(at(`dist/${name}`));

/** Returns the paths of a declaration file and all that it imports. */
async function declarations(path) {
  const found = new Set([path]);
  // Iterating over a set includes elements that are added meanwhile.
  for (const file of found) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
      found.add(resolve(dirname(file), `${name}.d.ts`));
  }
  return found;
}

/** Returns the package.json of each bundled library, with its folder and its hash in package-lock.json. */
function bundledLibraries(files) {
  const { packages } = require("../package-lock.json");
  const folders = new Set(
    files.flatMap(({ modules = {} }) =>
      Object.keys(modules).flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
    ),
  );
  return [...folders].sort().map((folder) => {
    const [key] = Object.keys(packages)
      .filter((one) => one !== "" && folder.endsWith(`/${one}`))
      .sort((a, b) => b.length - a.length);
    const { integrity } = packages[key];
    return { ...require(`${folder}/package.json`), folder, integrity };
  });
}

/** Returns the licence texts of the bundled libraries. */
async function licenses(libraries) {
  const texts = [];
  for (const { folder, name, version, license } of libraries) {
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} comes without the text of its licence (${license})`);
    texts.push(
      `${name} ${version} (${license})\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`,
    );
  }
  return `Libraries within chatform, and their licences.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
