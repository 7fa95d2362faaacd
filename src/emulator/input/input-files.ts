import { Ajv2020 } from "ajv/dist/2020.js";
import { isOperation } from "../../api/operations/operations.js";
import type { FaultRule } from "../server/faults.js";
import { faultsSchema, seedSchema } from "./input-schemas.js";
import { SeedError } from "../org/load.js";
import type { OrgSeed } from "../org/seed.js";

// Not compiled at build time: only needed for a seed or faults file.
const ajv = new Ajv2020({ allErrors: true, discriminator: true, strict: false });
const isSeed = ajv.compile<OrgSeed>(seedSchema);
const areFaults = ajv.compile<FaultRule[]>(faultsSchema);

/** Checks the content of a seed file. @throws SeedError that names every problem */
export function parseSeed(value: unknown): OrgSeed {
  if (isSeed(value)) return value;
  throw problems("seed", isSeed.errors);
}

/** Checks the content of a faults file: a rule, or a list of rules. @throws SeedError that names every problem */
export function parseFaults(value: unknown): readonly FaultRule[] {
  const list: unknown = Array.isArray(value) ? value : [value];
  if (!areFaults(list)) throw problems("faults", areFaults.errors);
  for (const { match } of list) {
    const name = match?.operation;
    if (name !== undefined && name !== "token" && !isOperation(name)) {
      throw new SeedError(`Unknown operation in the faults: ${String(name)}`);
    }
  }
  return list;
}

function problems(
  what: string,
  errors: readonly { readonly instancePath: string; readonly message?: string }[] | null | undefined,
): SeedError {
  const lines = (errors ?? []).map(
    ({ instancePath, message }) => `${what}${instancePath} ${message ?? "is wrong"}`,
  );
  return new SeedError([...new Set(lines)].join("\n"));
}
