import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import type { JsonObject } from "../../../core/json/json.js";
import { isObject } from "../../../core/json/json.js";
import { escapeYaml, needsEscaping } from "../../../views/text/json-text.js";
import { safeLine } from "../../../core/safe-text.js";

/**
 * A desired state as YAML: byte for byte the same for the same content.
 *
 * @param titles by room's name: a comment above each
 */
export function exportText(document: JsonObject, titles: Readonly<Record<string, string>>): string {
  const yaml = new Document({ version: 1, ...withoutUndefined(document) }, { aliasDuplicateObjects: false });
  yaml.commentBefore = " What is live, as chatform export wrote it.";
  const rooms = yaml.get("rooms");
  if (isMap(rooms)) {
    for (const { key } of rooms.items) {
      const title = isScalar(key) && typeof key.value === "string" ? titles[key.value] : undefined;
      if (isScalar(key) && title !== undefined) key.commentBefore = ` ${safeLine(title, 200)}`;
    }
  }
  visit(yaml, {
    Scalar(_key, node) {
      if (typeof node.value !== "string") return;
      // Several lines read best as a block; escapes are only in double quotes.
      // The library loses blanks at the beginning of some blocks.
      if (needsEscaping(node.value) || /^(?:\n|\s[^]*\n)/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
      else if (/\n./.test(node.value)) node.type = Scalar.BLOCK_LITERAL;
    },
  });
  // In one line: a line within quotes would begin with what the text has there.
  return escapeYaml(yaml.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity }));
}

/** The same in several files by name: settings.yaml, users.yaml, and one for each room. */
export function exportFiles(
  document: JsonObject,
  titles: Readonly<Record<string, string>>,
): readonly (readonly [name: string, text: string])[] {
  const { rooms, users, ...rest } = withoutUndefined(document);
  return [
    ...(Object.keys(rest).length === 0 ? [] : [["settings.yaml", exportText(rest, {})] as const]),
    ...(users === undefined ? [] : [["users.yaml", exportText({ users }, {})] as const]),
    ...Object.entries(isObject(rooms) ? rooms : {}).map(
      ([name, room]) => [`room-${name}.yaml`, exportText({ rooms: { [name]: room } }, titles)] as const,
    ),
  ];
}

function withoutUndefined(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}
