import { takeSteps } from "./steps.js";
import { defaultBudget } from "../../src/core/plan/request-budget.js";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { describeCall } from "../../src/cli/commands/plan/show-plan.js";
import type { Loaded } from "../../src/config/load.js";
import { loadDesired } from "../../src/config/load.js";
import type { Json, JsonObject } from "../../src/core/json/json.js";
import { isArray, isObject } from "../../src/core/json/json.js";
import type { LiveValue } from "../../src/core/kind/read.js";
import type { Resource } from "../../src/core/kind/resource.js";
import { findOrphans } from "../../src/core/plan/changes/orphans.js";
import type { DepartedUser } from "../../src/core/people/org-people.js";
import type { Plan, PlanOptions } from "../../src/core/plan/plan.js";
import { makePlan } from "../../src/core/plan/planner.js";
import { findRemovedRooms } from "../../src/core/plan/renames/probable-renames.js";
import { safetyProblem } from "../../src/core/plan/policy.js";
import { isRef, substitute } from "../../src/core/calls/reference.js";
import type { Id, Resolve } from "../../src/core/calls/reference.js";
import { valueAt } from "../../src/core/json/pointer.js";
import type { ResolvedShared } from "../../src/core/people/shared-declaration.js";
import { resolveShared } from "../../src/core/people/shared-declaration.js";
import { expandShared } from "../../src/core/people/expand-shared.js";
import type { ListEntries } from "../../src/core/people/people-lists.js";
import { entryKey } from "../../src/core/people/people-lists.js";
import type { Finding } from "../../src/core/plan/change.js";
import { selectAddresses } from "../../src/core/plan/selection.js";
import type { State } from "../../src/core/state/state.js";
import { makeMoves } from "../../src/engine/plan/moves.js";
import { kinds } from "../../src/resources/index.js";
import { renderDiagnostics } from "../../src/views/diagnostics/diagnostics-text.js";
import { diagnosticToJson } from "../../src/views/diagnostics/diagnostics-json.js";
import { planToJson } from "../../src/views/plan/plan-json.js";
import { renderPlan } from "../../src/views/plan/plan-text.js";
import { styles } from "../../src/views/text/terminal.js";

/** The shape of a case's live.json: what chatform would have read from the org. */
interface Given {
  /** User ids by e-mail, members (ids) by group, and by reference for other sources: `team:Night`. */
  readonly users?: Readonly<Record<string, string>>;
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly sources?: Readonly<Record<string, readonly string[]>>;
  /** The id of the token's user; null: the token has none; missing: not read. */
  readonly actor?: string | null;
  /** Live attributes by address; null: absent; missing: not read. */
  readonly live: Readonly<Record<string, JsonObject | null>>;
  readonly uncertain?: Readonly<Record<string, string>>;
  readonly recovered?: readonly string[];
  /** By user id. */
  readonly departed?: Readonly<Record<string, DepartedUser>>;
  /** The findings about people in the config, by address. */
  readonly findings?: Readonly<Record<string, readonly Finding[]>>;
  readonly options?: Partial<PlanOptions>;
  readonly allowDeletions?: number;
}

const root = new URL("../golden/", import.meta.url);

/** Returns the folders of test/golden, sorted by name. */
export function goldenFolders(): readonly string[] {
  return readdirSync(root).sort();
}

/** Returns the URL of a file of a golden case. */
export function goldenFile(folder: string, file: string): URL {
  return new URL(`${folder}/${file}`, root);
}

const kindsByName = new Map(kinds.map((kind) => [kind.name, kind]));
const types = new Map(kinds.map(({ name, type }) => [name, type]));

/** A golden case's plan, and the text and JSON that are compared with its plan.txt and plan.json. */
interface GoldenPlan {
  readonly plan: Plan;
  readonly text: string;
  readonly json: string;
}

/** Plans the desired.yaml of a case against its live.json and state.json. */
export async function goldenPlan(name: string): Promise<GoldenPlan> {
  const folder = new URL(`${name}/`, root);
  const cwd = fileURLToPath(folder);
  const loaded = await loadDesired({ paths: ["desired.yaml"], vars: [], varFiles: [], env: {}, cwd, kinds });
  expect(loaded.diagnostics).toEqual([]);
  const given = readJson(new URL("live.json", folder)) as unknown as Given;
  const stateFile = new URL("state.json", folder);
  const recorded = existsSync(stateFile) ? (readJson(stateFile) as unknown as State) : undefined;
  const { state, entries } = makeMoves(recorded, loaded.moved);
  const options: PlanOptions = { mode: "normal", refresh: true, targets: [], excludes: [], ...given.options };
  const all = options.mode === "destroy" ? [] : expanded(loaded, given);
  const chosen = selectAddresses(all, Object.keys(state?.resources ?? {}), options);
  const declared = new Set(all.map(({ address }) => address));
  const leaving =
    state === undefined ? [] : findOrphans(state, declared, kindsByName, options.mode === "destroy");
  const { plan, diagnostics } = takeSteps(
    makePlan({
      kinds: kindsByName,
      org: {
        id: "00000000-0000-4000-8000-00000000000a",
        name: "Example Org",
        host: "api.mypurecloud.de",
        region: "eu-central-1",
      },
      resources: all.filter(({ address }) => chosen.has(address)),
      shared: resolvedShared(loaded, given),
      orphans: leaving.filter(({ address }) => chosen.has(address)),
      state,
      live: new Map(Object.entries(given.live).map(([address, attributes]) => [address, toLive(attributes)])),
      tokenUser: given.actor,
      departed: new Map(Object.entries(given.departed ?? {})),
      options,
      uncertain: new Map(Object.entries(given.uncertain ?? {})),
      recovered: new Set(given.recovered ?? []),
      remarks: new Map(Object.entries(given.findings ?? {})),
      people: namesIn(given),
      removedRooms: state === undefined ? [] : findRemovedRooms(state, all),
      findings: entries,
      budget: defaultBudget,
      isSaved: true,
    }),
  );
  const unsafe = safetyProblem(plan, loaded.safety, given.allowDeletions);
  const problems = [...diagnostics, ...(unsafe === undefined ? [] : [unsafe])];
  // Planning ends when the config names an id that the org does not have.
  const isPlanned = problems.every(({ code }) => code !== "not-found");
  const look = { style: styles(false), width: 80 };
  const text = renderPlan(plan, { ...look, full: false, calls: describeCall });
  const refusal = { applyable: problems.length === 0, diagnostics: problems.map(diagnosticToJson) };
  const json = withoutVersion(planToJson(plan, { types, ...refusal }));
  return {
    plan,
    text: [...(isPlanned ? [text] : []), renderDiagnostics(problems, look)].filter(Boolean).join("\n"),
    json: `${JSON.stringify(json, null, 2)}\n`,
  };
}

function toLive(attributes: JsonObject | null): LiveValue {
  return attributes === null ? { present: false } : { present: true, attributes };
}

/** Replaces references to people by ids, and expands the settings for many users, as the engine does. */
function expanded(loaded: Loaded, given: Given): readonly Resource[] {
  const resolve = resolver(given);
  return expandShared({
    resources: loaded.resources.map((resource) => resolved(resource, resolve)),
    shared: resolvedShared(loaded, given),
    emails: new Map(Object.entries(namesIn(given))),
  });
}

function resolvedShared({ shared }: Loaded, given: Given): readonly ResolvedShared[] {
  const resolve = resolver(given);
  return shared.map((one) => resolveShared(one, (entry) => getIds(entry, resolve)));
}

function resolver(given: Given): Resolve {
  const { users = {}, groups = {}, sources = {} } = given;
  const known = new Map<string, Json>([
    ...Object.entries(users).map(([email, id]) => [`user:${email}`, id] as const),
    ...Object.entries(groups).map(([name, ids]) => [`group:${name}`, ids] as const),
    ...Object.entries(sources),
  ]);
  return ({ $ref }) => known.get($ref);
}

function getIds(entry: Id, resolve: Resolve): readonly string[] {
  return substitute([entry], resolve) as readonly string[];
}

function namesIn({ users = {} }: Given): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(users).map(([email, id]) => [id, email]));
}

function resolved(resource: Resource, resolve: Resolve): Resource {
  const { id, container, attributes, kind } = resource;
  const lists = (kindsByName.get(kind)?.live.users ?? []).flatMap((path): [string, ListEntries][] => {
    const entries = valueAt(attributes, path);
    if (!isArray(entries)) return [];
    const given = entries.map((entry) => [entryKey(entry as Id), getIds(entry as Id, resolve)] as const);
    return [[path, Object.fromEntries(given)]];
  });
  return {
    ...resource,
    ...(isRef(id) ? { id: substitute(id, resolve) } : {}),
    ...(isRef(container) ? { container: substitute(container, resolve) } : {}),
    attributes: substitute(attributes, resolve),
    ...(lists.length === 0 ? {} : { lists: Object.fromEntries(lists) }),
  };
}

/** Removes the version, which changes with every release. */
function withoutVersion({ chatform, ...rest }: JsonObject): JsonObject {
  return isObject(chatform) ? { ...rest, chatform: { ...chatform, version: undefined } } : rest;
}

function readJson(file: URL): Json {
  return JSON.parse(readFileSync(file, "utf8")) as Json;
}
