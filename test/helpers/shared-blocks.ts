import type { ListEntries } from "../../src/core/people/people-lists.js";
import type { RecordedShared } from "../../src/core/people/reviewed-shared.js";
import type { ResolvedShared } from "../../src/core/people/shared-declaration.js";

/** Returns a block of the config whose people and sources are those of a recorded one. @param entries missing: nobody */
export function toResolved(
  { entry, members, except, attributes }: RecordedShared,
  entries: ListEntries = {},
): ResolvedShared {
  const refs = (keys: RecordedShared["members"]) =>
    keys.map((key) => ({ $ref: key, field: key.startsWith("user:") ? "id" : "members" }));
  const declared = { members: refs(members), except: refs(except), attributes };
  const nobody = Object.fromEntries(members.map((key) => [key, []]));
  return {
    declaration: { entry, kind: "users/*/settings", pointer: "", ...declared },
    entries: { ...nobody, ...entries },
  };
}
