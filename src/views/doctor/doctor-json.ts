import type { Check } from "../../core/doctor/check.js";
import { worstStatus } from "../../core/doctor/check.js";

/** Returns checks as a JSON document. */
export function checksToJson(checks: readonly Check[]): object {
  return {
    format_version: "1.0",
    status: worstStatus(checks),
    checks: checks.map(({ topic, status, text, ...rest }) => ({ topic, status, text, ...rest })),
  };
}
