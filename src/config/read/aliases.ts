import type { Alias, Document, Node } from "yaml";
import { visit } from "yaml";

/** What the aliases of a document stand for: the last value before each that has its anchor. Unknown ones are left out. */
export type Aliases = ReadonlyMap<Alias, Node>;

/** Finds out what all aliases stand for, in one walk: the library would walk the document for each. */
export function aliasTargets(document: Document.Parsed): Aliases {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias(_key, alias) {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}
