import type { Address } from "../address.js";
import { nameSome } from "../address.js";
import { byCodeUnit } from "../json/json.js";
import type { HeldPermission } from "./held-permissions.js";
import { grantFinder } from "./held-permissions.js";

/** The permissions for one operation, and the resources that it is called for. */
export interface PermissionNeed {
  readonly operation: string;
  /** Any one is enough; empty: none is needed. */
  readonly anyOf: readonly string[];
  readonly addresses: readonly Address[];
}

/** Permissions of which the credentials have none, and what needs one of them. */
export interface MissingPermission {
  readonly anyOf: readonly string[];
  /** Sorted. */
  readonly operations: readonly string[];
  /** Sorted. Empty: the operation is not about a resource. */
  readonly addresses: readonly Address[];
}

/** The result of a comparison of needs with the permissions that credentials have. */
export interface PermissionCheck {
  /** One for each set of permissions, in the order of the needs. */
  readonly missing: readonly MissingPermission[];
  /** The grants that count, although a condition or a division limits them. chatform can't evaluate the limit. */
  readonly limited: readonly HeldPermission[];
}

/** Compares needs with the permissions that credentials have. */
export function checkPermissions(
  needs: readonly PermissionNeed[],
  held: readonly HeldPermission[],
): PermissionCheck {
  const find = grantFinder(held);
  const missing = new Map<
    string,
    { operations: Set<string>; addresses: Set<Address>; need: PermissionNeed }
  >();
  const limited = new Map<string, HeldPermission>();
  for (const need of needs) {
    if (need.anyOf.length === 0) continue;
    const grants = need.anyOf.flatMap(find);
    if (grants.length === 0) {
      const key = need.anyOf.join(" ");
      const found = missing.get(key) ?? { operations: new Set(), addresses: new Set(), need };
      found.operations.add(need.operation);
      for (const address of need.addresses) found.addresses.add(address);
      missing.set(key, found);
    } else if (grants.every(({ limit }) => limit !== undefined))
      for (const grant of grants) limited.set(`${grant.permission} ${grant.limit ?? ""}`, grant);
  }
  return {
    missing: [...missing.values()].map(({ need: { anyOf }, operations, addresses }) => ({
      anyOf,
      operations: [...operations].sort(byCodeUnit),
      addresses: [...addresses].sort(byCodeUnit),
    })),
    limited: [...limited.values()],
  };
}

/** Names permissions that are missing: `Missing: chat:room:add, for postChatsRooms of rooms/bridge.` */
export function missingText({ anyOf, operations, addresses }: MissingPermission): string {
  const places = addresses.length === 0 ? "" : ` of ${nameSome(addresses)}`;
  return `Missing: ${anyOf.join(" or ")}, for ${operations.join(", ")}${places}.`;
}
