import { readFile } from "node:fs/promises";

/** The blocks of a language in one of the docs, in their order. */
export async function docsBlocks(name: string, language: string): Promise<readonly string[]> {
  const text = await readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"));
  return [...blocks].map(([, block = ""]) => block);
}
