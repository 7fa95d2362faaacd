import { resolveReferences } from "../calls/resolve-references.js";
import { isArray } from "../json/json.js";

import { tokens, valueAt } from "../json/pointer.js";
import type { Kind } from "../kind/kind.js";
import { getKind } from "../kind/kinds.js";
import type { Resource, ResolvedResource } from "../kind/resource.js";
import type { OrgPeople } from "../people/org-people.js";
import { isDeparted, userName } from "../people/org-people.js";
import type { EntryKey } from "../people/people-lists.js";
import { entryReference, isSourceKey } from "../people/people-lists.js";
import type { UnlinkedChange } from "../plan/build-change.js";
import { buildChange } from "../plan/build-change.js";
import type { RecordedResource } from "../state/state.js";
import type { ChangeRecord, Finding } from "../plan/change.js";
import type { PlannerContext } from "../plan/planner-input.js";

/** Returns a finding for each place where the lists of a resource name a departed user. */
export function departedFindings(
  kind: Kind,
  { attributes, lists }: ResolvedResource,
  people: OrgPeople,
): readonly Finding[] {
  if (people.departed.size === 0) return [];
  return kind.live.users.flatMap((path) => {
    const list = valueAt(attributes, path);
    const named = new Set(isArray(list) ? list.filter((id): id is string => isDeparted(id, people)) : []);
    return [...named].map((user) => {
      const keys = Object.entries(lists?.[path] ?? {}).filter(
        ([key, ids]) => !isSourceKey(key) && ids.includes(user),
      );
      return departedFinding(user, people, `not compared in ${tokens(path).join(".")}`, keys[0]?.[0]);
    });
  });
}

/** Returns the change of a departed user's settings, message or pins, which are left alone and stay recorded. */
export function leaveAlone(context: PlannerContext, resource: Resource, user: string): UnlinkedChange {
  const recorded = context.state?.resources[resource.address];
  return buildChange(
    getKind(context.kinds, resource.kind),
    resolveReferences(resource, context.known),
    context,
    {
      ...{ action: "no-op", type: null, before: null, after: null, attributes: [] },
      record: recorded === undefined ? null : toChangeRecord(recorded),
      remarks: [departedFinding(user, context, "left alone")],
    },
  );
}

function toChangeRecord({
  kind: _kind,
  id: _id,
  container: _container,
  created: _created,
  ...record
}: RecordedResource): ChangeRecord {
  return record;
}

function departedFinding(
  user: string,
  people: OrgPeople,
  outcome: string,
  key = userKey(user, people),
): Finding {
  const event = people.departed.get(user)?.state === "deleted" ? "deleted" : "deactivated";
  const text =
    `${userName(user, people)} was ${event} in Genesys Cloud and is ${outcome}. ` +
    "To remove departed users from the config: chatform fix --departed";
  return { code: "departed-user", severity: "warning", text, user, reference: entryReference(key) };
}

function userKey(user: string, { departed }: OrgPeople): EntryKey {
  const email = departed.get(user)?.email;
  return email === undefined ? user : `user:${email.toLowerCase()}`;
}
