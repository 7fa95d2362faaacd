import { Document, isPair, isScalar, Scalar, visit } from "yaml";
import { findLookAlike, findLookAlikeInKey } from "../../../config/read/look-alikes.js";
import { otherReading } from "../../../config/read/scalars.js";
import type { Json, JsonObject } from "../../../core/json/json.js";
import { getOwn } from "../../../core/json/json-object.js";
import { isArray, isObject } from "../../../core/json/json.js";
import { blockLayout } from "../../../core/kind/block-layout.js";
import type { Kind } from "../../../core/kind/kind.js";
import type { Exported } from "../../../engine/export.js";
import { escapeYaml, needsEscaping } from "../../../views/text/json-text.js";
import { safeLine } from "../../../core/safe-text.js";

/**
 * Returns a config as YAML: byte for byte the same for the same content.
 *
 * @param comments by the path of the block that they stand above: `rooms/lobby`
 * @param people comments by the user id that they stand beside in a list
 * @param heading the comment at the top
 */
export function exportText(
  document: JsonObject,
  { comments, people }: Pick<Exported, "comments" | "people">,
  heading = "Live values, written by chatform export.",
): string {
  const yaml = new Document(
    { version: 1, ...escapeReferences(document) },
    // Quotes what the library itself misreads as YAML 1.1.
    { aliasDuplicateObjects: false, compat: "yaml-1.1" },
  );
  yaml.commentBefore = ` ${heading}`;
  visit(yaml, {
    Pair(_key, pair, around) {
      const path = [...around.filter(isPair), pair].map(({ key }) => (isScalar(key) ? key.value : ""));
      const comment = getOwn(comments, path.join("/"));
      if (comment !== undefined && isScalar(pair.key)) pair.key.commentBefore = ` ${safeLine(comment, 200)}`;
    },
    Scalar(key, node) {
      if (typeof node.value !== "string") return;
      const comment = typeof key === "number" ? getOwn(people, node.value) : undefined;
      if (comment !== undefined) node.comment = ` ${safeLine(comment, 200)}`;
      // Several lines read best as a block; escapes are only in double quotes.
      // The library loses blanks at the beginning of some blocks.
      const isMisread =
        otherReading(node.value) !== undefined ||
        (key === "key" ? findLookAlikeInKey(node.value) : findLookAlike(node.value, true)) !== undefined;
      if (isMisread || needsEscaping(node.value) || /^(?:\n|\s[^]*\n)/.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
      else if (/\n./.test(node.value)) node.type = Scalar.BLOCK_LITERAL;
    },
  });
  // In one line: a line within quotes would begin with what the text has there.
  return escapeYaml(yaml.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity }));
}

/**
 * Returns a config in several files by name: settings.yaml, users.yaml, and a file for each room. Named blocks that one file declares
 * as a whole get a file each.
 */
export function exportFiles(
  document: JsonObject,
  comments: Pick<Exported, "comments" | "people">,
  kinds: readonly Kind[],
): readonly (readonly [name: string, text: string])[] {
  const { named, split } = blockLayout(kinds);
  const blocks = Object.entries(document);
  const unnamed = Object.fromEntries(blocks.filter(([name]) => !named.has(name)));
  const files = blocks.flatMap(([name, value]): [string, JsonObject][] => {
    if (!named.has(name) || !isObject(value)) return [];
    if (split.has(`${name}/*`)) return [[`${name}.yaml`, { [name]: value }]];
    const title = kinds.find((kind) => kind.name === `${name}/*`)?.title ?? name;
    return Object.entries(value).map(([key, block]) => [
      `${title}-${key}.yaml`,
      { [name]: { [key]: block } },
    ]);
  });
  return [...(Object.keys(unnamed).length === 0 ? [] : [["settings.yaml", unnamed] as const]), ...files].map(
    ([name, content]) => [name, exportText(content, comments)],
  );
}

/** Escapes `${` in texts, which would be read as a reference to a variable. */
function escapeReferences<T extends Json>(value: T): T;
function escapeReferences(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("${", () => "$${");
  if (isArray(value)) return value.map((item) => escapeReferences(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, escapeReferences(inner)]],
    ),
  );
}
