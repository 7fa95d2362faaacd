import { Document, visit } from "yaml";
import type { Json } from "../../../core/json/json.js";
import { safe, safeLine } from "../../../core/safe-text.js";

/**
 * Returns a part of the state as YAML, with the e-mail of a user beside their id.
 *
 * @param users ids by e-mail, as the state records them
 */
export function recordText(record: Json, users: Readonly<Record<string, string>>): string {
  const emails = new Map(Object.entries(users).map(([email, id]) => [id, email]));
  const yaml = new Document(record);
  visit(yaml, {
    Scalar(key, node) {
      const email = key !== "key" && typeof node.value === "string" ? emails.get(node.value) : undefined;
      if (email !== undefined) node.comment = ` ${safeLine(email, 200)}`;
    },
  });
  return safe(yaml.toString());
}
