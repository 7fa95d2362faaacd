import { stringify } from "yaml";

/** Block style, and the README's: braces with comments. */
export const styles = ["block", "readme"] as const;
export type Style = (typeof styles)[number];

export const styleNames: Readonly<Record<Style, string>> = {
  block: "block style",
  readme: "the README's style",
};

/** Returns settings of users as YAML. */
export function toYaml(document: object, style: Style): string {
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
