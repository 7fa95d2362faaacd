import { addressSegment } from "../address.js";
import type { Id } from "../calls/reference.js";
import { canonicalUserId } from "../calls/reference.js";
import type { Json, JsonObject } from "../json/json.js";
import { byCodeUnit, sameJson } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";
import { leaves, withValueAt } from "../json/pointer.js";
import type { Resource } from "../kind/resource.js";
import { isEmail } from "./email.js";
import type { EntryKey } from "./people-lists.js";
import type { OverruledValue, ResolvedShared, SharedDeclaration } from "./shared-declaration.js";
import { toOrigin } from "./shared-declaration.js";

export interface SharedInput {
  /** Declared resources, with people replaced by ids. */
  readonly resources: readonly Resource[];
  /** In order of appearance: an earlier declaration goes before a later one. */
  readonly shared: readonly ResolvedShared[];
  /** E-mails by user id. */
  readonly emails: ReadonlyMap<string, string>;
}

/** One declaration's attributes for one user. */
interface Grant {
  readonly declaration: SharedDeclaration;
  /** The members of the declaration that give the user, in its order. */
  readonly sources: [EntryKey, ...EntryKey[]];
  readonly leaves: readonly Leaf[];
}

type Leaf = readonly [Pointer, Json];

/** The grants for one user. */
interface Grants {
  readonly kind: string;
  readonly id: string;
  readonly list: Grant[];
}

/**
 * Expands declarations for many users into a resource for each user, joined with the users' own blocks: for each value, the own block
 * goes first, then the declarations in their order.
 *
 * @returns all resources, sorted by address
 */
export function expandShared(input: SharedInput): readonly Resource[] {
  if (input.shared.length === 0) return input.resources;
  const users = grantsByUser(input);
  const own = new Map<string, Resource>();
  for (const resource of input.resources) {
    const key = userKey(resource.kind, resource.id);
    if (key !== undefined && users.has(key) && !own.has(key)) own.set(key, resource);
  }
  const joined = new Map<Resource, Resource>();
  const others: Grants[] = [];
  for (const [key, grants] of users) {
    const resource = own.get(key);
    if (resource === undefined) others.push(grants);
    else joined.set(resource, withGrants(resource, grants.list, true));
  }
  const resources = input.resources.map((resource) => joined.get(resource) ?? resource);
  const address = addresses(input, others);
  return [...resources, ...others.map((grants) => newResource(grants, address(grants)))].sort((a, b) =>
    byCodeUnit(a.address, b.address),
  );
}

function userKey(kind: string, id: Id | undefined): string | undefined {
  return typeof id === "string" ? `${kind} ${canonicalUserId(id)}` : undefined;
}

function grantsByUser({ shared }: SharedInput): ReadonlyMap<string, Grants> {
  const users = new Map<string, Grants>();
  for (const { declaration, entries } of shared) {
    const { kind, attributes } = declaration;
    const granted = new Map<string, Grant>();
    const values = leaves(attributes);
    for (const [source, ids] of Object.entries(entries)) {
      for (const id of new Set(ids)) {
        const known = granted.get(id);
        if (known !== undefined) {
          known.sources.push(source);
          continue;
        }
        const grant: Grant = { declaration, sources: [source], leaves: values };
        granted.set(id, grant);
        const key = `${kind} ${id}`;
        const grants = users.get(key) ?? { kind, id, list: [] };
        users.set(key, grants);
        grants.list.push(grant);
      }
    }
  }
  return users;
}

function newResource({ kind, id, list }: Grants, address: string): Resource {
  const pointer = list[0]?.declaration.pointer ?? "";
  return withGrants({ address, kind, id, attributes: {}, pointer }, list, false);
}

/** Adds the values that a resource does not have yet, and the values that differ from them. */
function withGrants(resource: Resource, list: readonly Grant[], isOwn: boolean): Resource {
  const known = new Map<Pointer, { readonly value: Json; readonly by: string }>();
  for (const [path, value] of isOwn ? leaves(resource.attributes) : [])
    known.set(path, { value, by: resource.address });
  let attributes: JsonObject = resource.attributes;
  let giver: Grant | undefined;
  const overruled: OverruledValue[] = [];
  for (const grant of list) {
    const { entry } = grant.declaration;
    for (const [path, value] of grant.leaves) {
      const first = known.get(path);
      if (first === undefined) {
        known.set(path, { value, by: entry });
        attributes = withValueAt(attributes, path, value);
        giver ??= grant;
      } else if (!sameJson(first.value, value)) {
        overruled.push({ entry, source: grant.sources[0], path, value, by: first.by });
      }
    }
  }
  if (giver === undefined && overruled.length === 0) return resource;
  const origin =
    giver === undefined
      ? toOrigin(resource.address, [typeof resource.id === "string" ? resource.id : ""])
      : toOrigin(giver.declaration.entry, giver.sources);
  return { ...resource, attributes, from: { ...origin, ...(overruled.length === 0 ? {} : { overruled }) } };
}

/** Returns the address of a user's resource: by e-mail, or by id where the e-mail is unknown, unusable or not the user's alone. */
function addresses({ resources, emails }: SharedInput, users: readonly Grants[]): (user: Grants) => string {
  const named = (kind: string, name: string): string =>
    kind.replace("*", () => addressSegment(name.toLowerCase()));
  const byEmail = ({ kind, id }: Grants): string => {
    const email = emails.get(id) ?? "";
    return named(kind, isEmail(email) ? email : id);
  };
  const taken = new Map<string, number>();
  const take = (address: string): void => void taken.set(address, (taken.get(address) ?? 0) + 1);
  for (const { address } of resources) take(address);
  for (const user of users) take(byEmail(user));
  return (user) => {
    const address = byEmail(user);
    return taken.get(address) === 1 ? address : named(user.kind, user.id);
  };
}
