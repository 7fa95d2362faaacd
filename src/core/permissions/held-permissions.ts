/** A permission that credentials have. */
export interface HeldPermission {
  /** `domain:entity:action`; any part may be `*`. */
  readonly permission: string;
  /** The limit of the grant, for people: `with a condition`. Missing: none. */
  readonly limit?: string;
}

/** The permissions of credentials, or the reason why the service does not tell them. */
export type HeldPermissions =
  | { readonly told: true; readonly permissions: readonly HeldPermission[] }
  | { readonly told: false; readonly reason: string };

/** Returns the function that finds the grants of a permission. Wildcards match, and the case of letters does not matter. */
export function grantFinder(
  held: readonly HeldPermission[],
): (permission: string) => readonly HeldPermission[] {
  const parsed = held.map((grant) => ({ grant, parts: toParts(grant.permission) }));
  return (permission) => {
    const wanted = toParts(permission);
    return parsed
      .filter(({ parts }) => wanted.every((part, at) => parts[at] === "*" || parts[at] === part))
      .map(({ grant }) => grant);
  };
}

function toParts(permission: string): readonly string[] {
  return permission.toLowerCase().split(":");
}
