import type { Json } from "../../core/json/json.js";
import { readCsvTable } from "../templates/csv-table.js";
import type { Members, MembersRemoved } from "./remove-members.js";
import { replaceParts } from "./replacement.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** The rows of a CSV file, as a list that can be edited. */
export interface CsvTree {
  readonly value: Json;
  readonly root: SyntaxNode;
}

/** Reads the rows of a CSV file, each with its lines; undefined if the file has problems. */
export function csvTree(file: string, bytes: Uint8Array): CsvTree | undefined {
  const { table } = readCsvTable(file, bytes);
  if (table?.header === undefined) return undefined;
  const root = toNode("list", [0, table.source.text.length], undefined);
  for (const { span } of table.records) root.members.push(toNode("mapping", span, root));
  return { value: table.records.map(({ cells }) => cells), root };
}

function toNode(
  type: SyntaxNode["type"],
  [start, end]: readonly [number, number],
  parent: SyntaxNode | undefined,
): SyntaxNode {
  const absent = { key: undefined, target: undefined };
  return { type, isFlow: false, parent, ...absent, lead: start, start, valueStart: start, end, members: [] };
}

/** Removes rows with their lines. A file without a line break at its end has none afterwards. */
export function removeRecords(text: string, _root: SyntaxNode, records: Members): MembersRemoved {
  const deletions = [...records.keys()].map(({ lead, end }) => ({ at: [lead, end] as const, by: "" }));
  const edited = replaceParts(text, deletions);
  const hasLastBreak = /[\r\n]$/.test(text);
  return { text: hasLastBreak ? edited : edited.replace(/(?:\r\n|\n|\r)$/, ""), kept: new Set() };
}
