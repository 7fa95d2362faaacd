import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { afterAll, beforeAll, expect, it } from "vitest";
import { VERSION } from "../../src/core/version.js";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);

let folder: string;
let tarball: string;
let app: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-pack-"));
  // The build is made already: a second one would take the program from under the tests that run it.
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await npm(pack, root);
  const [{ filename } = { filename: "" }] = JSON.parse(stdout) as { filename: string }[];
  tarball = join(folder, filename);
  app = join(folder, "app");
  await mkdir(app);
  await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], app);
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
}, 120_000);
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

async function npm(words: readonly string[], cwd: string): Promise<{ readonly stdout: string }> {
  return execute("npm", words, { cwd, env: { ...process.env, npm_config_loglevel: "error" } });
}

/** Runs what npm put in the place of programs, as a shell would. */
async function chatform(...words: readonly string[]): Promise<string> {
  const env = { PATH: process.env["PATH"], HOME: app, ...emulator.env };
  const { stdout } = await execute(join(app, "node_modules/.bin/chatform"), words, { cwd: app, env });
  return stdout;
}

it("packs the program and the schemas, without development files", async () => {
  const installed = join(app, "node_modules/chatform");
  const files = await readdir(installed, { recursive: true });
  expect(files).toEqual(
    expect.arrayContaining(["README.md", "dist/main.js", "schemas/desired-state.schema.json"]),
  );
  expect(files.filter((file) => /(?:^|\/)(?:test|src|bench|node_modules)\/|\.test\./.test(file))).toEqual([]);
  expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
  const tops = new Set(files.map((file) => file.split("/")[0]));
  expect([...tops].sort()).toEqual([
    "CHANGELOG.md",
    "README.md",
    "dist",
    "docs",
    "package.json",
    "schemas",
    "templates",
  ]);
});

it("finds the documentation of diagnostic codes in the installed program", async () => {
  await writeFile(join(app, "broken.yaml"), "version: 2\n");
  await expect(chatform("validate", "-f", "broken.yaml", "--report", "sarif=out.sarif")).rejects.toThrow();
  const report = await readFile(join(app, "out.sarif"), "utf8");
  await rm(join(app, "broken.yaml"));
  expect(report).toContain("docs/diagnostics.md");
});

it("passes publint", async () => {
  const bytes = await readFile(tarball);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  expect(messages).toEqual([]);
});

it("includes its libraries with their licences, without the names of emoji", async () => {
  const modules = await readdir(join(app, "node_modules"));
  expect(modules.filter((name) => !name.startsWith(".")).sort()).toEqual(["chatform", "gemoji"]);
  const licenses = await readFile(join(app, "node_modules/chatform/dist/licenses.txt"), "utf8");
  for (const name of ["undici", "yaml", "yargs-parser"])
    expect(licenses).toMatch(new RegExp(`^${name} [\\d.]+ \\(`, "m"));
});

it("lists its libraries in an SBOM of CycloneDX, the same for the same sources", async () => {
  const text = await readFile(join(app, "node_modules/chatform/dist/sbom.cdx.json"), "utf8");
  const { components, dependencies, ...bom } = JSON.parse(text) as Bom;
  expect(bom).toEqual({
    ...{ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 },
    metadata: { component: expect.objectContaining({ name: "chatform", version: VERSION }) as object },
  });
  const licenses = await readFile(join(app, "node_modules/chatform/dist/licenses.txt"), "utf8");
  const names = [...licenses.matchAll(/^(\S+ [\d.]+) \([^)]+\)$/gm)].map(([, name = ""]) => name);
  expect(components.map(({ name, version }) => `${name} ${version}`)).toEqual(names);
  expect(components.find(({ name }) => name === "undici")).toMatchObject({
    ...{ type: "library", purl: expect.stringMatching(/^pkg:npm\/undici@7\./) as string },
    ...{ licenses: [{ expression: "MIT" }], hashes: [{ alg: "SHA-512" }] },
  });
  for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[0-9a-f]{128}$/);
  const refs = new Set(components.map((component) => component["bom-ref"]));
  expect(dependencies.map(({ ref }) => ref)).toEqual([`chatform@${VERSION}`, ...refs]);
  expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual([]);
});

interface Bom {
  readonly components: readonly {
    readonly "bom-ref": string;
    readonly name: string;
    readonly version: string;
    readonly hashes: readonly { readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

it("shows its version, validates and plans", async () => {
  await writeFile(join(app, "chatform.yaml"), await readFile(join(root, "examples/demo.yaml")));
  expect(await chatform("--version")).toBe(`${VERSION}\n`);
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  expect(VERSION).toBe(version);
  expect(await chatform("validate")).toContain("6 resources");
  const plan = JSON.parse(await chatform("plan", "--json")) as { resource_changes: unknown[] };
  expect(plan.resource_changes.length).toBeGreaterThanOrEqual(6);
  expect(emulator.requests.map(({ method }) => method)).not.toContain("PATCH");
});

it("loads few files for a command, and none for what it does not do", async () => {
  expect(await loadedFiles("main.js", "--version")).toEqual(["main.js"]);
  expect((await loadedFiles("main.js", "validate")).length).toBeLessThanOrEqual(5);
  expect((await loadedFiles("main.js", "plan", "--no-refresh")).length).toBeLessThanOrEqual(7);
  const emulator = await loadedFiles("emulator/index.js");
  expect(emulator).toContain("emulator.js");
  expect(["run.js", "config.js", "org.js"].filter((name) => emulator.includes(name))).toEqual([]);
  const chunks = join(app, "node_modules/chatform/dist/chunks");
  const texts = await Promise.all(
    (await readdir(chunks)).map((name) => readFile(join(chunks, name), "utf8")),
  );
  expect(texts.filter((text) => text.includes("node:http2"))).toEqual([]);
});

it("reads no pattern with a table of Unicode before it is used", async () => {
  const chunks = join(app, "node_modules/chatform/dist/chunks");
  const common = ["core.js", "run.js", "config.js", "org.js", "plan.js"];
  const texts = await Promise.all(common.map((name) => readFile(join(chunks, name), "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line.includes(String.raw`\p{`));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !line.includes("String.raw"))).toEqual([]);
});

/** Returns the names of the package's files that a run of a file of dist/ loads. */
async function loadedFiles(file: string, ...words: readonly string[]): Promise<readonly string[]> {
  const list = join(app, "loaded.json");
  const recorder = join(app, "recorder.cjs");
  await writeFile(
    recorder,
    `process.on("exit", () => {
  require("fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)));
});
`,
  );
  const program = join(app, "node_modules/chatform/dist", file);
  const env = { PATH: process.env["PATH"], HOME: app, ...emulator.env };
  await execute(process.execPath, ["--require", recorder, program, ...words], { cwd: app, env });
  const loaded = JSON.parse(await readFile(list, "utf8")) as readonly string[];
  return loaded.filter((path) => path.includes("/chatform/dist/")).map((path) => basename(path));
}

it("leaves undici's parser as it is for one response", async () => {
  const main = join(app, "node_modules/chatform/dist/main.js");
  const env = { PATH: process.env["PATH"], HOME: app, ...emulator.env };
  const words = ["--trace-wasm-compilation-times", main, "plan", "--no-refresh"];
  const { stdout } = await execute(process.execPath, words, { cwd: app, env });
  expect(stdout).toContain("using Liftoff");
  expect(stdout).not.toContain("using TurboFan");
});

it("explains errors in its command line", async () => {
  await expect(chatform("plan", "--targt", "x")).rejects.toMatchObject({
    code: 1,
    stderr: "Error: chatform plan has no option --targt. Did you mean --target?\n",
  });
  await expect(chatform("import")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining("needs ADDRESS") as string,
  });
});

it("exports the emulator to programs", async () => {
  const program = `import { startEmulator } from "chatform/emulator";
const emulator = await startEmulator();
process.stdout.write(\`\${emulator.dump().users.length} users\`);
await emulator.close();
`;
  await writeFile(join(app, "program.mjs"), program);
  const { stdout } = await execute(process.execPath, ["program.mjs"], { cwd: app });
  expect(stdout).toBe("8 users");
});

// A type that can't be found would be any, and the error below would not come.
it("has types that need no other library", async () => {
  const program = `import { startEmulator } from "chatform/emulator";
import type { EmulatorOptions } from "chatform/emulator";
export const options: EmulatorOptions = { seed: { settings: { messageRetentionPeriodDays: 20 } } };
// @ts-expect-error a number is wanted
export const wrong: EmulatorOptions = { seed: { settings: { messageRetentionPeriodDays: "20" } } };
export const url: string = (await startEmulator(options)).url;
`;
  await writeFile(join(app, "typed.mts"), program);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = [
    ...["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--skipLibCheck"],
    ...["--typeRoots", join(root, "node_modules/@types"), "--types", "node"],
  ];
  const { stdout } = await execute(process.execPath, [tsc, ...options, "typed.mts"], { cwd: app }).catch(
    (error: unknown) => ({ stdout: String((error as { readonly stdout?: unknown }).stdout ?? error) }),
  );
  expect(stdout).toBe("");
});
