import type { JsonObject } from "../json/json.js";
import { tokens } from "../json/pointer.js";
import type { DeclareRole, Kind, LiveRole, PlanRole } from "./kind.js";
import { withoutBatch } from "./read.js";
import type { ResolvedResource } from "./resource.js";

type Role<Full, Needed extends keyof Full> = Pick<Full, Needed> & Partial<Full>;

/** A kind without the members that have a default. */
export interface KindDefinition<Block> extends Omit<Kind<Block>, "declare" | "live" | "plan"> {
  readonly declare: Role<DeclareRole<Block>, "at" | "schema" | "expand" | "toBlock">;
  readonly live: Role<Omit<LiveRole, "sets" | "users">, "reads" | "decode">;
  readonly plan: Role<PlanRole, "calls">;
}

/** Returns the kind with the defaults that `Kind` documents. */
export function defineKind<Block>({ declare, live, plan, ...rest }: KindDefinition<Block>): Kind<Block> {
  const attributes = Object.entries(live.attributes ?? {});
  const paths = (flag: "set" | "users"): readonly string[] =>
    attributes.flatMap(([path, attribute]) => (attribute[flag] === true ? [path] : []));
  return {
    ...rest,
    declare: { check: () => [], comment: () => undefined, ...declare },
    live: {
      attributes: {},
      sets: paths("set"),
      users: paths("users"),
      recheck: (resource) => live.reads(resource).map(withoutBatch),
      ...live,
    },
    plan: {
      adopts: false,
      restores: false,
      needsUser: false,
      dependsOnUser: () => false,
      goal: ({ attributes: declared }) => ({ attributes: declared }),
      findings: () => [],
      countItems: () => 0,
      remove: (_resource, { destroy, original }) =>
        plan.restores === true && destroy
          ? { action: "reset", reads: original, goal: () => original }
          : { action: "forget" },
      ...plan,
    },
  };
}

/** Returns a resource with which `reads` reads every attribute that can be declared. The values do not matter. */
export function withAllAttributes(kind: Kind, resource: ResolvedResource): ResolvedResource {
  const names = Object.keys(kind.live.attributes).map((path) => tokens(path)[0] ?? "");
  const all: JsonObject = Object.fromEntries(names.map((name) => [name, null]));
  return { ...resource, attributes: { ...all, ...resource.attributes } };
}
