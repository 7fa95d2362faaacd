import { ApiError } from "../../api/errors.js";
import type { Address } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import type { Emails } from "../../core/people/people-lists.js";
import { withUsers } from "../../core/people/with-users.js";

/** Returns the problem of a failed read. */
export function readFailedProblem(error: ApiError, addresses: readonly Address[]): Diagnostic {
  const [first] = addresses;
  const more = addresses.length > 1 ? ` ${addresses.length} resources need this request.` : "";
  const help = error.advice;
  return {
    severity: "error",
    code: "read-failed",
    summary: "Live values could not be read",
    detail: `${error.message}.${more}`,
    ...(help === undefined ? {} : { help }),
    ...(first === undefined ? {} : { address: first }),
  };
}

/** Awaits live values. @throws DiagnosticsError whose problems name users by e-mail @param emails by user id */
export async function namingUsers<T>(emails: Emails, live: Promise<T>): Promise<T> {
  try {
    return await live;
  } catch (error) {
    throw error instanceof DiagnosticsError
      ? new DiagnosticsError(withUsers(error.diagnostics, emails))
      : error;
  }
}

/** Awaits a promise. @throws DiagnosticsError in place of an ApiError */
export async function throwDiagnostics<T>(lookup: Promise<T>): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    throw error instanceof ApiError ? new DiagnosticsError([readFailedProblem(error, [])]) : error;
  }
}
