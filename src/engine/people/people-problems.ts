import type { ApiError } from "../../api/errors.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { Source } from "../../core/calls/reference.js";
import { entryText } from "../../core/people/people-lists.js";
import { readFailedProblem } from "../refresh/read-failed.js";

/** Returns the problem of an e-mail that nobody has or had. @param similar an e-mail of an active user */
export function unknownUser(reference: string, email: string, similar: string | undefined): Diagnostic {
  return {
    severity: "error",
    reference,
    code: "unknown-user",
    summary: "Unknown user",
    detail: `Genesys Cloud has no user with the e-mail or login name ${email} that these credentials can see.`,
    help:
      similar === undefined ? "Check the e-mail and the org of the credentials." : `Did you mean ${similar}?`,
  };
}

/** Returns the problem of an id that no user has. */
export function unknownId(id: string, reference = `user:${id}`): Diagnostic {
  return {
    severity: "error",
    reference,
    code: "unknown-user",
    summary: "Unknown user",
    detail: `Genesys Cloud has no user with the id ${id}.`,
    help: "Check the id, and the org of the credentials.",
  };
}

/** Returns the problem of an e-mail that several active users have. */
export function ambiguousUser(reference: string, email: string, ids: readonly string[]): Diagnostic {
  return {
    severity: "error",
    reference,
    code: "ambiguous-user",
    summary: "Ambiguous user",
    detail: `${ids.length} users have the e-mail ${email}: ${ids.join(", ")}.`,
    help: "Write the id of the user instead of the e-mail.",
  };
}

const titles = {
  group: "group",
  team: "work team",
  queue: "queue",
  skillGroup: "skill group",
  reportsOf: "user",
};

/** Returns the problem of a name that no source has. @param similar the name of a source of its type */
export function unknownSource(
  reference: string,
  { type, name }: Source,
  similar: string | undefined,
): Diagnostic {
  const title = titles[type];
  const isHidden =
    type === "group"
      ? " A group that is not public is visible only with the permission Directory > PrivateGroup > View."
      : "";
  return {
    severity: "error",
    reference,
    code: type === "group" ? "unknown-group" : "unknown-source",
    summary: `Unknown ${title}`,
    detail: `Genesys Cloud has no ${title} named "${name}" that these credentials can see.${isHidden}`,
    help: similar === undefined ? "Check the name. Names must match exactly." : `Did you mean ${similar}?`,
  };
}

/** Returns the problem of a name that several sources have. */
export function ambiguousSource(reference: string, { type, name }: Source, count: number): Diagnostic {
  const title = titles[type];
  return {
    severity: "error",
    reference,
    code: type === "group" ? "ambiguous-group" : "ambiguous-source",
    summary: `Ambiguous ${title}`,
    detail: `${count} ${title}s are named "${name}".`,
    help: `Rename the ${title}, or list its members.`,
  };
}

/** Returns the problem of a source that could not be read. */
export function unreadableSource(reference: string, error: ApiError): Diagnostic {
  if (error.failure.status !== 403) return { ...readFailedProblem(error, []), reference };
  const help = error.advice;
  return {
    severity: "error",
    reference,
    code: "unreadable-source",
    summary: "Source may not be read",
    detail: `The credentials may not read the members of ${entryText(reference, {})}: ${error.message}.`,
    ...(help === undefined ? {} : { help }),
  };
}
