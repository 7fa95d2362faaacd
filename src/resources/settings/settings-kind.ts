import { addressSegment, pathSegments } from "../../core/address.js";
import type { BehaviorKey } from "../../core/behavior/unknowns.js";
import type { Id } from "../../core/calls/reference.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import type { Declaration } from "../../core/kind/declaration.js";
import { defineKind } from "../../core/kind/define-kind.js";
import type { Kind, PlanRole } from "../../core/kind/kind.js";
import type { OnRemove } from "../../core/kind/resource-change.js";
import type { Read } from "../../core/kind/read.js";
import type { ResolvedResource } from "../../core/kind/resource.js";
import type { Schema } from "../attributes.js";
import { documented, pick } from "../attributes.js";
import { sharedSettings } from "./shared-settings.js";

interface SettingsDefinition {
  readonly type: string;
  readonly title: string;
  /** The path of the block that has `settings` as a member: `users/*`; "" is the top level. */
  readonly at: string;
  /** JSON Schemas of the settings by name. */
  readonly properties: Readonly<Record<string, JsonObject & Schema>>;
  readonly description: string;
  /** The members of the block's declaration beside `settings`. */
  readonly block?: Partial<Declaration>;
  /** The block at the top level that declares the settings for many users. */
  readonly sharedBlock?: string;
  /** Returns the live identity. */
  readonly id: (name: string) => Id;
  readonly read: (resource: ResolvedResource) => Read;
  /** A 404 means that nothing was ever set. Default: that the settings do not exist. */
  readonly isUnsetIfMissing?: true;
  /** See `LiveRole`. */
  readonly response?: BehaviorKey;
  readonly plan: Pick<PlanRole, "calls"> & Partial<PlanRole>;
}

/** The block that holds settings. */
export interface SettingsBlock {
  readonly settings?: JsonObject;
  readonly onRemove?: OnRemove;
}

/**
 * Returns a kind for settings that always exist: their members are the attributes, one request reads them, and `destroy` restores
 * them.
 */
export function settingsKind(definition: SettingsDefinition): Kind<SettingsBlock> {
  const { type, title, at, properties, description, block, sharedBlock, id, read, plan, response } =
    definition;
  const name = at === "" ? "settings" : `${at}/settings`;
  const segments = pathSegments(name);
  const schema = { type: "object", additionalProperties: false, minProperties: 1, description, properties };
  return defineKind<SettingsBlock>({
    name,
    type,
    title,
    declare: {
      at,
      schema: [{ at, ...block, properties: { settings: schema, ...block?.properties } }],
      expand({ settings, onRemove }, { names: [key = ""], pointer }) {
        if (settings === undefined) return [];
        const resource = {
          // Unlike a template, join gives a flat text: 100,000 addresses are sorted in half the time.
          address: segments.map((one) => (one === "*" ? addressSegment(key.toLowerCase()) : one)).join("/"),
          kind: name,
          id: id(key),
          attributes: settings,
          pointer: `${pointer}/settings`,
        };
        return [onRemove === undefined ? resource : { ...resource, onRemove }];
      },
      toBlock: (_resource, live) => ({ settings: pick(live, Object.keys(properties)) }),
      ...(sharedBlock === undefined ? {} : { shared: sharedSettings(sharedBlock, name, schema) }),
    },
    live: {
      ...(response === undefined ? {} : { response }),
      reads: (resource) => [read(resource)],
      decode(_resource, [response]) {
        if (response?.found === false && definition.isUnsetIfMissing)
          return { present: true, attributes: {} };
        if (response?.found !== true || !isObject(response.body)) return { present: false };
        return { present: true, attributes: documented(response.body, schema) };
      },
    },
    plan: { restores: true, ...plan },
  });
}
