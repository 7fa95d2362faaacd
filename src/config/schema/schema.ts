import { pathSegments } from "../../core/address.js";
import type { JsonObject } from "../../core/json/json.js";
import { isObject } from "../../core/json/json.js";
import { blockLayout, declarations } from "../../core/kind/block-layout.js";
import type { Declaration } from "../../core/kind/declaration.js";
import type { Kind } from "../../core/kind/kind.js";
import { environmentsSchema } from "./environments-schema.js";
import { peopleDefinitions } from "../../resources/people/people-schema.js";
import { movedSchema } from "./moved-schema.js";
import { rowsMember } from "../templates/row.js";

/** A JSON Schema under construction. */
interface Draft {
  [member: string]: unknown;
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
}

const text = { type: "string", minLength: 1 } as const;

const base: Readonly<Record<string, JsonObject>> = {
  version: { const: 1, description: "The version of this format." },
  include: {
    type: "array",
    items: text,
    description: "Config files to read too: paths, folders and globs, relative to this file.",
  },
  variables: {
    type: "object",
    description: "Variables of all files: ${var:NAME} stands for the value.",
    propertyNames: { type: "string", title: "variable", pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$" },
    additionalProperties: {
      type: "object",
      additionalProperties: false,
      properties: {
        default: {
          type: ["string", "number", "boolean"],
          description: "The value without --var and --var-file. Default: none, a value has to be given.",
        },
        description: { ...text, description: "What the variable is for. Shown when it has no value." },
        sensitive: {
          type: "boolean",
          description:
            "true: outputs mask the value. false: an environment variable with the name of a credential holds none.",
        },
      },
    },
  },
  safety: {
    type: "object",
    additionalProperties: false,
    description:
      "Limits of what one plan may delete (participants, messages, pins). A plan beyond a limit is refused.",
    properties: {
      maxDeletions: { type: "integer", minimum: 0, default: 20 },
      maxDeletionPercent: {
        type: "number",
        minimum: 0,
        maximum: 100,
        default: 30,
        description: "The share of what exists. Applies from 10 existing participants, messages or pins on.",
      },
    },
  },
  moved: movedSchema,
  state: {
    type: "object",
    additionalProperties: false,
    description: "The backend that stores the state.",
    properties: {
      backend: { type: "string", enum: ["local", "http", "pg", "s3"], default: "local" },
      path: {
        ...text,
        description:
          "local: the file, relative to this config file. Default: chatform.state.json beside the main config file.",
      },
      address: { ...text, description: "http: the URL of the state (Terraform's HTTP backend protocol)." },
      updateMethod: { ...text, description: "http: the method that writes the state. Default: POST." },
      lockAddress: { ...text, description: "http: the URL of the lock." },
      lockMethod: { ...text, description: "http: the method that locks. Default: LOCK." },
      unlockAddress: { ...text, description: "http: the URL that unlocks." },
      unlockMethod: { ...text, description: "http: the method that unlocks. Default: UNLOCK." },
      username: { ...text, description: "http: the user name. The password comes from TF_HTTP_PASSWORD." },
      skipCertVerification: { type: "boolean", description: "http: trust any certificate." },
      retryMax: { type: "integer", minimum: 0, description: "http, s3: the number of retries. Default: 2." },
      retryWaitMin: {
        type: "number",
        minimum: 0,
        description: "http: the shortest wait before a retry, in seconds.",
      },
      retryWaitMax: {
        type: "number",
        minimum: 0,
        description: "http: the longest wait before a retry, in seconds.",
      },
      connection: {
        ...text,
        description: "pg: postgres://host/database. The password comes from PGPASSWORD.",
      },
      schema: { ...text, description: "pg: the schema. Default: chatform." },
      name: {
        ...text,
        description:
          "pg: the state's name. Default: the name of the environment; without environments: default.",
      },
      bucket: { ...text, description: "s3: the name of the bucket." },
      key: { ...text, description: "s3: the object of the state. The lock is beside it: KEY.lock." },
      region: {
        ...text,
        description: "s3: the region of the bucket. Default: AWS_REGION, or the profile's.",
      },
      endpoint: { ...text, description: "s3: the URL of a server other than AWS that speaks its protocol." },
      usePathStyle: {
        type: "boolean",
        description: "s3: the bucket is in the path, not in the host. Default: true with an endpoint.",
      },
      profile: {
        ...text,
        description: "s3: the profile in ~/.aws with the credentials. Default: AWS_PROFILE.",
      },
      kmsKeyId: { ...text, description: "s3: the key of AWS KMS that encrypts the state on the server." },
    },
  },
};

/**
 * The JSON Schema of the desired state (draft 2020-12): what every file may hold, put together from what the kinds
 * declare. All objects are closed.
 */
export function desiredStateSchema(kinds: readonly Kind[]): JsonObject {
  const root: Draft = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:chatform:desired-state",
    title: "chatform desired state, version 1",
    type: "object",
    required: ["version"],
    additionalProperties: false,
    properties: { ...base },
    $defs: peopleDefinitions,
  };
  for (const declaration of kinds.flatMap(declarations)) add(root, declaration);
  const { named, split } = blockLayout(kinds);
  const withDefaults = [...named].filter((block) => !split.has(`${block}/*`));
  root.properties = {
    ...root.properties,
    defaults: defaultsSchema(root, withDefaults),
    environments: environmentsSchema(base["state"] ?? {}),
  };
  for (const block of named) if (!block.includes("/")) addRows(walk(root, `${block}/*`, undefined));
  return root as JsonObject;
}

/** Adds the key under which a named block has its rows. */
function addRows(block: Draft): void {
  const rows = {
    type: ["string", "array", "object"],
    description:
      "Writes this block once for each row of a list, a mapping, or a CSV, YAML or JSON file. Its name and values may use ${each.key} and ${each.COLUMN}.",
  };
  block.properties = { ...block.properties, [rowsMember]: rows };
}

/** @param blocks the patterns of named blocks: `rooms` */
function defaultsSchema(root: Draft, blocks: readonly string[]): Draft {
  const properties: Record<string, Draft> = {};
  for (const block of blocks) {
    const name = pathSegments(block).at(-1) ?? "";
    const inner = withoutRequired(walk(root, `${block}/*`, undefined)) as Draft;
    properties[name] = {
      ...inner,
      description: `What every block of ${name} has, unless it has values of its own.`,
      properties: { ...properties[name]?.properties, ...inner.properties },
    };
  }
  return {
    ...object(),
    description:
      "Values for all blocks of a kind. A block's own values win; mappings are merged, lists are replaced.",
    properties,
  };
}

/** Returns a schema that requires no key of any mapping. */
export function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (!isObject(schema)) return schema;
  const members = Object.entries(schema).filter(
    ([name, inner]) => name !== "required" || !Array.isArray(inner),
  );
  return Object.fromEntries(members.map(([name, inner]) => [name, withoutRequired(inner)]));
}

function add(root: Draft, { at, properties, names, required, description }: Declaration): void {
  const target = walk(root, at, names);
  target.properties = { ...target.properties, ...properties };
  if (description !== undefined) {
    target["description"] = description;
    // An editor shows it at the name of the block too.
    if (at.endsWith("/*")) walk(root, at.slice(0, -"/*".length), undefined)["description"] ??= description;
  }
  if (required !== undefined) target["required"] = required;
}

/** Returns the schema of the mappings at a path, and adds it if it is missing. */
function walk(root: Draft, at: string, names: JsonObject | undefined): Draft {
  let schema = root;
  const segments = pathSegments(at);
  for (const [depth, segment] of segments.entries()) {
    if (segment === "*") {
      if (depth === segments.length - 1 && names !== undefined) schema["propertyNames"] = names;
      schema.additionalProperties =
        schema.additionalProperties === false ? object() : schema.additionalProperties;
      schema = schema.additionalProperties as Draft;
    } else {
      schema.properties ??= {};
      schema.properties[segment] ??= object();
      schema = schema.properties[segment] as Draft;
    }
  }
  return schema;
}

function object(): Draft {
  return { type: "object", additionalProperties: false };
}
