import type { DiagnosticCode } from "../diagnostic-codes.js";
import type { MissingPermission } from "../permissions/missing-permissions.js";

/** The topics of checks in the order of the output, with their names for people. */
export const topics = {
  versions: "Versions",
  config: "Config",
  plan: "Plan",
  settings: "Settings",
  connection: "Connection",
  clock: "Clock",
  token: "Token",
  identity: "Identity",
  org: "Org",
  "permissions-plan": "To plan",
  "permissions-apply": "To apply",
  user: "User",
  limits: "Rate limit",
  state: "State",
  lock: "Lock",
} as const;

export type Topic = keyof typeof topics;

/** One result of `doctor`. Texts are whole sentences without secrets; others' names in them are not escaped. */
export type Check = CheckText &
  (
    | { readonly status: "ok" }
    | {
        /** A warning stops nothing. */
        readonly status: "warning" | "failure";
        readonly code: DiagnosticCode;
        /** The next step, imperative. */
        readonly help: string;
        /** The permissions that are missing, for programs. The text names them too. */
        readonly missing?: readonly MissingPermission[];
      }
  );

interface CheckText {
  readonly topic: Topic;
  readonly text: string;
}

export type CheckStatus = Check["status"];

/** Returns a check without a problem. */
export function passed(topic: Topic, text: string): Check {
  return { topic, status: "ok", text };
}

/** The facts of a problem, and the next step. */
interface ProblemText {
  readonly text: string;
  readonly help: string;
}

/** Returns a check with a failure. */
export function failed(topic: Topic, code: DiagnosticCode, problem: ProblemText): Check {
  return { topic, status: "failure", code, ...problem };
}

/** Returns a check with a warning. */
export function warned(topic: Topic, code: DiagnosticCode, problem: ProblemText): Check {
  return { topic, status: "warning", code, ...problem };
}

/** Returns the worst status of checks. */
export function worstStatus(checks: readonly Check[]): CheckStatus {
  const all = new Set(checks.map(({ status }) => status));
  return (["failure", "warning"] as const).find((status) => all.has(status)) ?? "ok";
}
