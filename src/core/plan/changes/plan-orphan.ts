import type { Orphan } from "./orphans.js";
import type { Finding } from "../change.js";
import { isSameValue, normalizeSets } from "../../diff/compare.js";
import { diffAttributes, toAttributeChanges } from "../../diff/diff-attributes.js";
import type { Diagnostic } from "../../diagnostic.js";
import type { UnlinkedChange } from "./build-change.js";
import { buildChange } from "./build-change.js";
import { leaves, valueAt } from "../../json/pointer.js";
import type { Kind } from "../../kind/kind.js";
import type { PlannerContext } from "../planner-input.js";
import { getKind } from "../../kind/kinds.js";
import { departedOwner } from "../../people/org-people.js";
import { explainOrphan } from "../../explain/explain-change.js";
import { protectionProblem } from "../policy.js";
import { resolveReferences } from "../../calls/resolve-references.js";

/** Plans the change of an orphan. Adds problems that forbid the apply to `diagnostics`. */
export function planOrphan(
  context: PlannerContext,
  orphan: Orphan,
  diagnostics: Diagnostic[],
): UnlinkedChange {
  const kind = getKind(context.kinds, orphan.resource.kind);
  const draft = buildOrphanChange(context, kind, orphan);
  const problem = protectionProblem(kind, draft, orphan.recorded.protect ?? false);
  if (problem !== undefined) diagnostics.push(problem);
  return draft;
}

function buildOrphanChange(
  context: PlannerContext,
  kind: Kind,
  { removal, resource, recorded }: Orphan,
): UnlinkedChange {
  const resolved = { ...resolveReferences(resource, context.known), id: recorded.id };
  const live = context.live.get(resource.address);
  const gone = {
    action: "forget",
    type: null,
    before: null,
    after: null,
    attributes: [],
    record: null,
    because: explainOrphan(context, resource.address, recorded),
  } as const;
  if (departedOwner(recorded, context) !== undefined) return buildChange(kind, resolved, context, gone);
  if (live?.present === false)
    return buildChange(kind, resolved, context, { ...gone, remarks: [alreadyGone] });
  if (live === undefined) return buildChange(kind, resolved, context, gone);
  const before = normalizeSets(live.attributes, kind.live.sets);
  switch (removal.action) {
    case "forget":
      return buildChange(kind, resolved, context, gone);
    case "delete":
      return buildChange(kind, resolved, context, {
        ...gone,
        action: "delete",
        type: "delete",
        before,
      });
    case "to-defaults": {
      const shown = leaves(recorded.applied).filter(([path, value]) =>
        isSameValue(valueAt(before, path), value),
      );
      return buildChange(kind, resolved, context, {
        ...gone,
        type: shown.length > 0 ? "delete" : null,
        before,
        attributes: shown.map(([path, value]) => ({ path, cause: "config", before: value })),
      });
    }
    case "reset": {
      const wanted = normalizeSets(removal.goal(before, context), kind.live.sets);
      const { after, patch, paths } = diffAttributes(before, wanted);
      const attributes = toAttributeChanges({ paths }, before, wanted, {}, wanted);
      const type = attributes.length > 0 ? "update" : null;
      return buildChange(kind, resolved, context, {
        ...gone,
        type,
        before,
        after,
        attributes,
        patch,
      });
    }
    default:
      return removal satisfies never;
  }
}

/** The finding of an orphan that no longer exists. */
export const alreadyGone: Finding = {
  code: "already-gone",
  severity: "note",
  text: "The resource no longer exists (404).",
};
