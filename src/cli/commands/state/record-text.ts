import { Document, visit } from "yaml";
import type { Json } from "../../../core/json/json.js";
import { entryUserId } from "../../../core/people/people-lists.js";
import { safe, safeLine } from "../../../core/safe-text.js";
import type { People } from "../../../views/text/values.js";

/**
 * Returns a part of the state as YAML, with the e-mail of a user beside their id.
 *
 * @param people e-mails by user id
 */
export function recordText(record: Json, people: People): string {
  const yaml = new Document(record);
  visit(yaml, {
    Scalar(key, node) {
      const id = key !== "key" && typeof node.value === "string" ? entryUserId(node.value) : undefined;
      const email = id !== undefined && Object.hasOwn(people, id) ? people[id] : undefined;
      if (email !== undefined) node.comment = ` ${safeLine(email, 200)}`;
    },
  });
  return safe(yaml.toString());
}
