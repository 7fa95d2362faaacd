import { attributeName } from "./values.js";

/** Which permission would help, after a call that failed for want of one. Undefined: it failed for something else. */
export function neededText(permissions: readonly string[] | undefined): string | undefined {
  if (permissions === undefined || permissions.length === 0) return undefined;
  return `One of these permissions is needed: ${permissions.join(", ")}.`;
}

/** @param paths of the attributes that a change did not set: pointers, or words */
export function notTakenText(paths: readonly string[]): string {
  const names = paths.map((path) => (path.startsWith("/") ? attributeName(path) : path));
  return `The service accepted the change but does not show it: ${names.join(", ")}.`;
}
