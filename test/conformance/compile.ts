import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Source files as JavaScript in a folder of their own, for child processes, which can't run TypeScript. */
export interface Compiled {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Compiles these folders and files of the project, without looking at types.
 *
 * @param parts relative to the project's root
 */
export async function compile(parts: readonly string[]): Promise<Compiled> {
  // Within the project, so that packages are found.
  const folder = await mkdtemp(join(root, "node_modules", ".chatform-test-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  for (const part of parts) {
    const files = part.endsWith(".ts")
      ? [part]
      : (await readdir(join(root, part), { recursive: true })).map((name) => join(part, name));
    for (const file of files) await compileFile(file, folder);
  }
  return { folder, remove: async () => rm(folder, { recursive: true, force: true }) };
}

async function compileFile(file: string, folder: string): Promise<void> {
  const target = join(folder, file);
  await mkdir(dirname(target), { recursive: true });
  if (file.endsWith(".cjs")) await cp(join(root, file), target);
  if (!file.endsWith(".ts")) return;
  const { outputText } = ts.transpileModule(await readFile(join(root, file), "utf8"), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  });
  await writeFile(target.replace(/\.ts$/, ".js"), outputText);
}
