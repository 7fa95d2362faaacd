import { readFile } from "node:fs/promises";
import { packageFile } from "../package-file.js";

/** What docs/diagnostics.md says of a code, in plain text. */
export interface CodeEntry {
  readonly meaning: string;
  readonly advice: string;
}

/** Reads what each code stands for off docs/diagnostics.md, which comes with the package. */
export async function readCodePage(): Promise<ReadonlyMap<string, CodeEntry>> {
  const text = await readFile(packageFile("docs/diagnostics.md"), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((row) => {
      const cells = row.split(/(?<!\\)\|/).map(plain);
      return [cells[1] ?? "", { meaning: cells[2] ?? "", advice: cells.at(-2) ?? "" }];
    }),
  );
}

/** A cell of a markdown table without its marks. */
function plain(cell: string): string {
  return cell
    .trim()
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("`", "")
    .replaceAll("\\|", "|");
}
