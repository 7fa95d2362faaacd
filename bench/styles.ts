import { stringify } from "yaml";
import { settingsById } from "./workload.js";

/** Block style; the README's: braces with comments; and half of the users from CSV, the others with variables and comments. */
export const styles = ["block", "readme", "rows"] as const;
export type Style = (typeof styles)[number];

export const styleNames: Readonly<Record<Style, string>> = {
  block: "block style",
  readme: "the README's style",
  rows: "variables, comments and forEach from CSV",
};

/** Some users of an org, and what their settings say. */
export interface Users {
  readonly from: number;
  readonly to: number;
  readonly when: string;
}

/** Returns files with settings of users: their texts by name. */
export function toFiles({ from, to, when }: Users, style: Style): Readonly<Record<string, string>> {
  const name = `users-${from}`;
  if (style !== "rows") return { [`${name}.yaml`]: toYaml(settingsById(from, to, when), style) };
  const middle = Math.ceil((from + to) / 2);
  const rows = Object.keys(settingsById(from, middle, when).users).map(
    (id, at) => `${id},"User ${at}, of team ${at % 50}",${when}\n`,
  );
  const template = `  \${each.id}: # the people of the table
    forEach: ${name}.csv
    settings: { mobile: { notifications: { when: "\${each.when}" } } }
`;
  const others = toYaml({ users: settingsById(middle, to, "${var:when}").users }, "block")
    .replaceAll("${var:when}", "${var:when} # as agreed")
    .replaceAll(/^(?= {2}\S)/gm, "  # by id\n");
  return {
    [`${name}.csv`]: `id,name,when\n${rows.join("")}`,
    [`${name}.yaml`]: `version: 1\n${others.replace("users:\n", `users:\n${template}`)}`,
  };
}

function toYaml(document: object, style: "block" | "readme"): string {
  const block = stringify(document, { aliasDuplicateObjects: false });
  return style === "block" ? block : inReadmeStyle(block);
}

/** Puts each user's settings in braces on one line, with a comment behind. */
function inReadmeStyle(block: string): string {
  const setting = /^( {2}\S+:)\n\s+settings:\n\s+mobile:\n\s+notifications:\n\s+when: (\w+)$/gm;
  return block.replace(
    setting,
    "$1 { settings: { mobile: { notifications: { when: $2 } } } } # notifications",
  );
}
