import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";
import type { Address } from "../../core/address.js";
import { addToMultimap } from "../../core/multimap.js";
import type { PermissionNeed } from "../../core/permissions/missing-permissions.js";

/** Stands for an id that is not known yet: only the operations matter. */
export const someId = "00000000-0000-4000-8000-000000000000";

/** The operations that something needs, each with the resources that it is called for. */
export class OperationNeeds {
  readonly #addresses = new Map<OperationName, Address[]>();

  /** @param name of the operations table */
  add(name: string, address: Address): void {
    addToMultimap(this.#addresses, name as OperationName, address);
  }

  /** Returns the permissions that the operations need, in the order in which they were added. */
  toPermissions(): readonly PermissionNeed[] {
    return [...this.#addresses].map(([name, addresses]) => ({
      operation: name,
      anyOf: operation(name).permissions,
      addresses: [...new Set(addresses)],
    }));
  }

  /**
   * Returns the resources with operations that may refuse a token without a user. Undocumented: whether they do. Own settings, 1on1s,
   * messages and reactions are a user's.
   */
  ofUsers(): readonly Address[] {
    const found = [...this.#addresses]
      .filter(([name]) => isOfUser(name))
      .flatMap(([, addresses]) => addresses);
    return [...new Set(found)];
  }
}

function isOfUser(name: OperationName): boolean {
  const { method, path } = operation(name);
  const isOneOnOne = /\/chats\/users\/\{userId\}(?:$|\/messages)/.test(path);
  const sends = method !== "GET" && method !== "DELETE" && path.endsWith("/messages");
  return isOneOnOne || sends || path.startsWith("/api/v2/chats/users/me/") || path.endsWith("/reactions");
}
