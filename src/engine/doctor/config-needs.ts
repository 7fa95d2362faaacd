import { getSourceOperations } from "../../api/directory/sources.js";
import { toSource } from "../../core/calls/reference.js";
import type { JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { ResourceChange } from "../../core/kind/resource-change.js";
import type { ResolvedResource, Resource } from "../../core/kind/resource.js";
import { unknownPeople } from "../../core/people/org-people.js";
import type { SharedDeclaration } from "../../core/people/shared-declaration.js";
import { getHolders, getReferences } from "../people/people-references.js";
import { OperationNeeds, someId } from "./operation-needs.js";

/** The parts of a config that need permissions. */
export interface DoctorConfig {
  readonly resources: readonly Resource[];
  readonly shared: readonly SharedDeclaration[];
}

/** The operations that a config needs. */
export interface ConfigNeeds {
  readonly plan: OperationNeeds;
  /** Without those for planning. */
  readonly apply: OperationNeeds;
}

/** Returns the operations that planning a config needs, and those that applying it may need, whatever the live values are. */
export function getConfigNeeds({ resources, shared }: DoctorConfig, kinds: Kinds): ConfigNeeds {
  const [plan, apply] = [new OperationNeeds(), new OperationNeeds()];
  for (const { name, entries } of getHolders(resources, shared, kinds))
    for (const operation of getReferences({ name, isShared: false, entries }).flatMap(toLookups))
      plan.add(operation, name);
  for (const resource of [...resources, ...shared.map(toResource)]) {
    const kind = getKind(kinds, resource.kind);
    const existing = toExisting(resource);
    for (const { operation } of kind.live.reads(existing)) plan.add(operation, resource.address);
    const changes = [
      ...(resource.id === undefined ? [creation(resource)] : []),
      ...(Object.keys(existing.attributes).length > 0 ? [update(existing)] : []),
    ];
    for (const { operation } of changes.flatMap((change) => kind.plan.calls(change)))
      apply.add(operation, resource.address);
  }
  return { plan, apply };
}

/** Returns the operations that resolve a reference of a list of people. */
function toLookups(reference: string): readonly string[] {
  const source = toSource(reference);
  const name = source?.name ?? reference.slice("user:".length);
  const isEmail = source === undefined || source.type === "reportsOf" ? name.includes("@") : false;
  return [
    ...(isEmail ? ["postUsersSearch"] : []),
    ...(source === undefined ? [] : getSourceOperations(source.type)),
  ];
}

function toResource({ entry, kind, attributes, pointer: at }: SharedDeclaration): Resource {
  return { address: entry, kind, id: someId, attributes, pointer: at };
}

function toExisting(resource: Resource): ResolvedResource & { readonly attributes: JsonObject } {
  const container = resource.container === undefined ? undefined : someId;
  return { ...resource, id: typeof resource.id === "string" ? resource.id : someId, container };
}

function creation(resource: Resource): ResourceChange {
  return {
    ...{ type: "create", before: {}, after: resource.attributes, attributes: [] },
    ...{ resource: { ...resource, id: undefined }, ...unknownPeople },
  };
}

/** Returns the change of every declared attribute: elements are added to lists, and others removed. */
function update(resource: ResolvedResource & { readonly attributes: JsonObject }): ResourceChange {
  const { attributes: after } = resource;
  const before: JsonObject = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, isArray(value) ? [someId] : null]),
  );
  const attributes = Object.entries(after).map(([name, value]) => ({
    path: pointer(name),
    cause: "config" as const,
    before: before[name] ?? null,
    after: value ?? null,
  }));
  return {
    ...{ type: "update", before, after, attributes, resource, ...unknownPeople },
  };
}
