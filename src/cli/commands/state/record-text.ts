import { Document, visit } from "yaml";
import type { Json } from "../../../core/json/json.js";
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
      const email =
        key !== "key" && typeof node.value === "string" && Object.hasOwn(people, node.value)
          ? people[node.value]
          : undefined;
      if (email !== undefined) node.comment = ` ${safeLine(email, 200)}`;
    },
  });
  return safe(yaml.toString());
}
