/** Whatever a saved plan was turned into: it is the plan that was saved, or refused. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SavedPlan } from "../../src/cli/commands/plan/show-plan.js";
import { readPlanFile, writePlanFile } from "../../src/cli/commands/plan/plan-file.js";
import { DiagnosticsError } from "../../src/core/diagnostic.js";
import type { Json } from "../../src/core/json/json.js";
import { isArray, isObject } from "../../src/core/json/json.js";
import type { Plan } from "../../src/core/plan/plan.js";
import { kinds } from "../../src/resources/index.js";
import { planToJson } from "../../src/views/plan/plan-json.js";
import { everything } from "../unit/views/samples.js";
import { planChecksum } from "../../src/core/plan/plan-checksum.js";

const plan: Plan = { ...everything, checksum: planChecksum(everything) };
const types = new Map(kinds.map(({ name, type }) => [name, type]));
const text = JSON.stringify(planToJson(plan, { types, applyable: true, diagnostics: [] }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-plans-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Reads a plan file: the plan, or the codes of its problems. */
async function read(content: string | Uint8Array): Promise<SavedPlan | readonly string[]> {
  const path = join(folder, "plan.json");
  await writeFile(path, content);
  try {
    return await readPlanFile(path, "plan.json");
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics.map(({ code }) => code);
    throw error;
  }
}

/** Returns the path to every place in a value. */
function* paths(
  value: Json,
  path: readonly (string | number)[] = [],
): Generator<readonly (string | number)[]> {
  yield path;
  if (isArray(value)) for (const [at, item] of value.entries()) yield* paths(item, [...path, at]);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) yield* paths(item ?? null, [...path, key]);
}

function replaced(value: Json, [head, ...rest]: readonly (string | number)[], by: Json): Json {
  if (head === undefined) return by;
  if (isArray(value)) return value.map((item, at) => (at === head ? replaced(item, rest, by) : item));
  return isObject(value) ? { ...value, [head]: replaced(value[head] ?? null, rest, by) } : value;
}

it("round-trips a plan", async () => {
  await writePlanFile(join(folder, "saved.json"), text);
  expect(await readPlanFile(join(folder, "saved.json"), "saved.json")).toEqual({
    plan,
    applyable: true,
    diagnostics: [],
  });
});

it("refuses a plan with any changed value", { timeout: 60_000 }, async () => {
  const whole = JSON.parse(text) as Json;
  const places = [...paths(whole)];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue(), async (path, value) => {
      const mutated = replaced(whole, path, value);
      fc.pre(JSON.stringify(mutated) !== text);
      const result = await read(JSON.stringify(mutated));
      // A value that means the same (-0, a member that is not there) is no change.
      if (isArray(result))
        expect(result).toEqual([expect.stringMatching(/^(not-a-plan|plan-edited|plan-of-other-version)$/)]);
      else expect(result).toEqual({ plan, applyable: true, diagnostics: [] });
    }),
    { numRuns: 300 },
  );
});

it("refuses a truncated file, and any other content", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), async (length) => {
      expect(await read(text.slice(0, length))).toEqual(["not-a-plan"]);
    }),
    { numRuns: 100 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array(), async (bytes) => {
      expect(await read(bytes)).toEqual(["not-a-plan"]);
    }),
    { numRuns: 100 },
  );
});
