import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { describeCall } from "../../src/cli/commands/plan/show-plan.js";
import { loadDesired } from "../../src/config/load.js";
import type { Json, JsonObject } from "../../src/core/json/json.js";
import { isObject } from "../../src/core/json/json.js";
import type { LiveValue } from "../../src/core/kind/read.js";
import type { Resource } from "../../src/core/kind/resource.js";
import { findOrphans } from "../../src/core/plan/orphans.js";
import type { PlanOptions } from "../../src/core/plan/plan.js";
import { makePlan } from "../../src/core/plan/planner.js";
import { safetyProblem } from "../../src/core/plan/policy.js";
import { isRef, substitute } from "../../src/core/calls/reference.js";
import type { Id, Ref } from "../../src/core/calls/reference.js";
import { selected } from "../../src/core/plan/selection.js";
import type { State } from "../../src/core/state/state.js";
import { kinds } from "../../src/resources/index.js";
import { renderDiagnostics } from "../../src/views/diagnostics/diagnostics-text.js";
import { planToJson } from "../../src/views/plan/plan-json.js";
import { renderPlan } from "../../src/views/plan/plan-text.js";
import { styles } from "../../src/views/text/terminal.js";

/** What a case's live.json holds: the world as chatform would have read it. */
interface Given {
  /** User ids by e-mail, members (ids) by group. */
  readonly users?: Readonly<Record<string, string>>;
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  /** Whose token it is; null: nobody's; missing: not asked. */
  readonly actor?: string | null;
  /** Live attributes by address; null: gone; missing: not read. */
  readonly live: Readonly<Record<string, JsonObject | null>>;
  readonly uncertain?: Readonly<Record<string, string>>;
  readonly recovered?: readonly string[];
  readonly options?: Partial<PlanOptions>;
  readonly allowDeletions?: number;
}

const root = new URL("../golden/", import.meta.url);
const kindsByName = new Map(kinds.map((kind) => [kind.name, kind]));
const types = new Map(kinds.map(({ name, type }) => [name, type]));

describe.each(readdirSync(root).sort())("%s", (name) => {
  const folder = new URL(`${name}/`, root);

  test("its plan is the one that was looked at", async () => {
    const made = await planOf(folder);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      writeFileSync(new URL("plan.txt", folder), made.text);
      writeFileSync(new URL("plan.json", folder), made.json);
    }
    expect(made.text).toBe(readFileSync(new URL("plan.txt", folder), "utf8"));
    expect(made.json).toBe(readFileSync(new URL("plan.json", folder), "utf8"));
  });
});

async function planOf(folder: URL): Promise<{ readonly text: string; readonly json: string }> {
  const cwd = fileURLToPath(folder);
  const loaded = await loadDesired({ paths: ["desired.yaml"], vars: [], varFiles: [], env: {}, cwd, kinds });
  expect(loaded.diagnostics).toEqual([]);
  const given = readJson(new URL("live.json", folder)) as unknown as Given;
  const stateFile = new URL("state.json", folder);
  const state = existsSync(stateFile) ? (readJson(stateFile) as unknown as State) : undefined;
  const options: PlanOptions = { mode: "normal", refresh: true, targets: [], excludes: [], ...given.options };
  const all = options.mode === "destroy" ? [] : loaded.resources;
  const chosen = selected(all, Object.keys(state?.resources ?? {}), options);
  const declared = new Set(all.map(({ address }) => address));
  const leaving =
    state === undefined ? [] : findOrphans(state, declared, kindsByName, options.mode === "destroy");
  const { plan, diagnostics } = makePlan({
    kinds: kindsByName,
    org: {
      id: "00000000-0000-4000-8000-00000000000a",
      name: "Example Org",
      host: "api.mypurecloud.de",
      region: "eu-central-1",
    },
    resources: all.filter(({ address }) => chosen.has(address)).map((one) => resolved(one, given)),
    leaving: leaving.filter(({ address }) => chosen.has(address)),
    state,
    live: new Map(Object.entries(given.live).map(([address, attributes]) => [address, liveOf(attributes)])),
    world: { actor: given.actor },
    options,
    uncertain: new Map(Object.entries(given.uncertain ?? {})),
    recovered: new Set(given.recovered ?? []),
    people: Object.fromEntries(Object.entries(given.users ?? {}).map(([email, id]) => [id, email])),
    findings: [],
    callsPerMinute: 300,
  });
  const unsafe = safetyProblem(plan, loaded.safety, given.allowDeletions);
  const problems = [...diagnostics, ...(unsafe === undefined ? [] : [unsafe])];
  // An id that leads nowhere ends the planning.
  const isPlanned = problems.every(({ code }) => code !== "not-found");
  const look = { style: styles(false), width: 80 };
  const text = renderPlan(plan, { ...look, full: false, calls: describeCall });
  const json = withoutVersion(planToJson(plan, { types, applyable: problems.length === 0 }));
  return {
    text: [...(isPlanned ? [text] : []), renderDiagnostics(problems, look)].filter(Boolean).join("\n"),
    json: `${JSON.stringify(json, null, 2)}\n`,
  };
}

function liveOf(attributes: JsonObject | null): LiveValue {
  return attributes === null ? { present: false } : { present: true, attributes };
}

/** With the ids of users and groups, as the engine looks them up. */
function resolved(resource: Resource, { users = {}, groups = {} }: Given): Resource {
  const resolve = ({ $ref }: Ref): Json | undefined => {
    const [, sort, name = ""] = /^(user|group):(.*)$/.exec($ref) ?? [];
    return sort === "user" ? users[name] : sort === "group" ? groups[name] : undefined;
  };
  const { id, container, attributes } = resource;
  return {
    ...resource,
    ...(isRef(id) ? { id: substitute(id, resolve) as Id } : {}),
    ...(isRef(container) ? { container: substitute(container, resolve) as Id } : {}),
    attributes: substitute(attributes, resolve) as JsonObject,
  };
}

/** The version changes with every release; the plans must not. */
function withoutVersion({ chatform, ...rest }: JsonObject): JsonObject {
  return isObject(chatform) ? { ...rest, chatform: { ...chatform, version: undefined } } : rest;
}

function readJson(file: URL): Json {
  return JSON.parse(readFileSync(file, "utf8")) as Json;
}
