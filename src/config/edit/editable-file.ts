import { InternalError } from "../../core/diagnostic.js";
import type { Json } from "../../core/json/json.js";
import { isArray, isObject, sameJson } from "../../core/json/json.js";
import type { FileBytes } from "../files/file-set.js";
import { decode } from "../read/decode.js";
import type { YamlContent } from "../read/read-yaml.js";
import { readYaml } from "../read/read-yaml.js";
import { csvTree, removeRecords } from "./csv-tree.js";
import type { Members, MembersRemoved } from "./remove-members.js";
import { removeMembers } from "./remove-members.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { buildSyntaxTree, findMember } from "./syntax-tree.js";

/** A file without problems that is open for edits. */
export interface EditableFile extends FileBytes {
  /** Without a byte order mark. */
  readonly text: string;
  /** The file as plain data; of a CSV file the rows. */
  readonly value: Json;
  readonly root: SyntaxNode;
  /** Missing for a CSV file. */
  readonly content?: YamlContent;
}

/** Opens a YAML or JSON file; undefined if it has problems. */
export async function openYaml({ file, bytes }: FileBytes): Promise<Required<EditableFile> | undefined> {
  const { content, diagnostics } = await readYaml(file, bytes);
  const { text } = decode(file, bytes);
  const isInvalid = diagnostics.some(({ severity }) => severity === "error");
  if (content === undefined || text === undefined || isInvalid) return undefined;
  return { file, bytes, text, content, value: content.value, root: buildSyntaxTree(text, content.parse()) };
}

/** Opens a CSV file; undefined if it has problems. */
export function openCsv({ file, bytes }: FileBytes): EditableFile | undefined {
  const { text } = decode(file, bytes);
  const tree = csvTree(file, bytes);
  return text === undefined || tree === undefined ? undefined : { file, bytes, text, ...tree };
}

/** A file without some members of its lists and mappings, and the members that could not be removed. */
interface FileRemoved extends Pick<MembersRemoved, "kept"> {
  readonly file: EditableFile;
}

/**
 * Removes members from a file. Every other byte is kept.
 *
 * @throws InternalError if the new file would not be the old one without exactly these members
 */
export async function removeFrom(file: EditableFile, members: Members): Promise<FileRemoved> {
  if (members.size === 0) return { file, kept: new Set() };
  const isYaml = file.content !== undefined;
  const remove = isYaml ? removeMembers : removeRecords;
  const { text, kept } = remove(file.text, file.root, members);
  const mark = file.bytes.subarray(0, file.bytes.length - Buffer.byteLength(file.text));
  const bytes = Buffer.concat([mark, Buffer.from(text)]);
  const after = await (isYaml ? openYaml : openCsv)({ file: file.file, bytes });
  if (after === undefined) throw new InternalError(`the edit of ${file.file} would make it invalid`);
  const removed = new Set([...members.keys()].filter((member) => !kept.has(member)));
  if (!sameJson(withoutMembers(file.value, file.root, removed), after.value))
    throw new InternalError(`the edit of ${file.file} would change more than the departed users`);
  return { file: after, kept };
}

/** Returns a value without those that these nodes give. */
function withoutMembers(
  value: Json,
  node: SyntaxNode | undefined,
  removed: ReadonlySet<SyntaxNode | undefined>,
): Json {
  const member = (name: string): SyntaxNode | undefined =>
    node === undefined ? undefined : findMember(node, name);
  if (isArray(value))
    return value.flatMap((item, index) => {
      const inner = member(String(index));
      return removed.has(inner) ? [] : [withoutMembers(item, inner, removed)];
    });
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item = null]) => {
      const inner = member(name);
      return removed.has(inner) ? [] : [[name, withoutMembers(item, inner, removed)]];
    }),
  );
}
