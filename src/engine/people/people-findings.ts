import { addToMultimap } from "../../core/multimap.js";
import type { Resource } from "../../core/kind/resource.js";
import type { Finding } from "../../core/plan/change.js";
import type { EmailOwner } from "./resolve-emails.js";
import type { KnownUsers } from "./known-users.js";
import { getDeparted } from "./known-users.js";
import type { PeopleHolder } from "./people-references.js";
import { getReferences } from "./people-references.js";

/**
 * Returns the findings about the people that each part of the config names: departed users, users with another e-mail, and users who
 * were created anew. One for each person and part. Those of a block for many users belong to the user's resource, if there is one.
 */
export function findPeople(
  holders: readonly PeopleHolder[],
  { owners, users }: { readonly owners: ReadonlyMap<string, EmailOwner>; readonly users: KnownUsers },
  resources: readonly Resource[],
): ReadonlyMap<string, readonly Finding[]> {
  const findings = new Map<string, Finding[]>();
  // Hot path: an org has many people, and in most runs there is nothing to tell about any.
  if (![...owners.values()].some(isNotable) && getDeparted(users).size === 0) return findings;
  const shared = new Map(
    resources.flatMap(({ id, address, from }) =>
      from !== undefined && typeof id === "string" ? [[id, address]] : [],
    ),
  );
  for (const holder of holders)
    for (const reference of getReferences(holder)) {
      const [, name = ""] = /^(?:user|reportsOf):(.*)$/s.exec(reference) ?? [];
      const owner: EmailOwner | undefined = name.includes("@")
        ? owners.get(name)
        : { type: "known", id: name };
      const finding = owner?.type === "known" ? findingAbout(reference, name, owner, users) : undefined;
      if (finding === undefined) continue;
      const own =
        holder.isShared && reference.startsWith("user:") ? shared.get(finding.user ?? "") : undefined;
      addToMultimap(findings, own ?? holder.name, { ...finding, reference });
    }
  return findings;
}

/** Returns true if there is something to tell about the owner of an e-mail, even if they are active. */
function isNotable(owner: EmailOwner): boolean {
  return owner.type === "known" && (owner.newEmail ?? owner.emailOfLogin ?? owner.formerId) !== undefined;
}

function findingAbout(
  reference: string,
  name: string,
  { id, newEmail, emailOfLogin, formerId }: Extract<EmailOwner, { type: "known" }>,
  users: KnownUsers,
): Finding | undefined {
  const { state, isAssumed, email } = users.get(id) ?? {};
  if (state === "inactive" || state === "deleted") {
    const known = `was ${state === "deleted" ? "deleted" : "deactivated"}`;
    const departed = `${name}${name === id && email !== undefined ? ` (${email})` : ""} ${isAssumed === true ? "is no longer found" : known} in Genesys Cloud`;
    const text = reference.startsWith("user:")
      ? `${departed} and is left out.`
      : `${departed}. Name the user to whom the reports belong now.`;
    return { code: "departed-user", severity: "warning", text, user: id };
  }
  if (newEmail !== undefined)
    return {
      code: "email-changed",
      severity: "warning",
      text: `The e-mail of ${name} (${id}) is ${newEmail} now. The user is kept.`,
      user: id,
    };
  if (emailOfLogin !== undefined)
    return {
      code: "login-name",
      severity: "note",
      text: `${name} is the login name of ${emailOfLogin} (${id}), and nobody's e-mail.`,
      user: id,
    };
  if (formerId === undefined) return undefined;
  return {
    code: "user-recreated",
    severity: "warning",
    text: `${name} is another user now: ${id}, before: ${formerId}${formerText(formerId, users)}. The new user counts.`,
    user: id,
  };
}

function formerText(id: string, users: KnownUsers): string {
  const former = users.get(id);
  switch (former?.state) {
    case "inactive":
      return " (deactivated)";
    case "deleted":
    case "unknown":
      return " (deleted)";
    case "active":
      return former.email === undefined ? "" : ` (now ${former.email})`;
    case undefined:
      return "";
  }
}
