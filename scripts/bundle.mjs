/**
 * Ends the build: puts what tsc made in build/, and the libraries that it needs, into few files in dist/. Most of the time
 * that a start takes goes into finding, opening and linking files: docs/decisions/0004-a-bundle.md.
 */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
/** Loaded from where the package is installed: one is large and seldom needed, the other the user's to bring. */
const installed = ["gemoji", "pg"];

const bundle = await rolldown({
  input: { main: at("build/main.js"), "emulator/index": at("build/emulator/index.js") },
  platform: "node",
  external: [/^node:/, ...installed],
});
const { output } = await bundle.write({
  dir: at("dist"),
  format: "esm",
  // All two folders deep, as the files of src are that look for files of the package: src/cli/package-file.ts.
  chunkFileNames: "chunks/[name].js",
});
await bundle.close();

await writeFile(at("dist/licenses.txt"), await licenses(output));

// What nobody who has the package can use, and what an earlier build left.
const needed = new Set([
  ...output.map(({ fileName }) => at(`dist/${fileName}`)),
  ...(await declarations(at("dist/emulator/index.d.ts"))),
]);
for (const name of await readdir(at("dist"), { recursive: true }))
  if (/\.(?:c?js|d\.ts)$/.test(name) && !needed.has(at(`dist/${name}`))) await rm(at(`dist/${name}`));

/** These declarations and those that they import. */
async function declarations(path) {
  const found = new Set([path]);
  // A set that grows while it is walked is walked to its end.
  for (const file of found) {
    const text = await readFile(file, "utf8");
    for (const [, name] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
      found.add(resolve(dirname(file), `${name}.d.ts`));
  }
  return found;
}

/** The licences of the libraries within, as they ask for. */
async function licenses(files) {
  const require = createRequire(import.meta.url);
  const folders = new Set(
    files.flatMap(({ modules = {} }) =>
      Object.keys(modules).flatMap((path) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
    ),
  );
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = require(`${folder}/package.json`);
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} comes without the text of its licence (${license})`);
    texts.push(
      `${name} ${version} (${license})\n\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`,
    );
  }
  return `Libraries within chatform, and their licences.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
