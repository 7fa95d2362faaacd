import type { ApiRequest } from "../../src/api/api.js";
import type { ApiError } from "../../src/api/errors.js";
import type { Json, JsonObject } from "../../src/core/json/json.js";
import { isArray, isObject } from "../../src/core/json/json.js";
import { refusal, ScriptedApi } from "./scripted-api.js";

export interface FakeUser {
  readonly id: string;
  readonly email: string;
  /** Missing: not shown. */
  readonly username?: string;
  /** Default: active. */
  readonly state?: string;
}

/** A group, team, queue or skill group with the ids of its members. */
export interface FakeSource {
  readonly id: string;
  readonly name: string;
  readonly members: readonly string[];
}

export interface FakeOrg {
  readonly users?: readonly FakeUser[];
  readonly groups?: readonly FakeSource[];
  readonly teams?: readonly FakeSource[];
  readonly queues?: readonly FakeSource[];
  readonly skillGroups?: readonly FakeSource[];
  /** The ids of direct reports by the id of the manager. */
  readonly reports?: Readonly<Record<string, readonly string[]>>;
}

/** The undocumented behavior of the service. */
export interface DirectoryVariants {
  readonly searchCase: "any" | "exact";
  /** The states of the users whom a search for e-mails finds. */
  readonly searchStates: readonly string[];
  /** The most values in a search for several. More are refused, or ignored: 0 is a service that reads one value only. */
  readonly maxValues: number;
  readonly extraValues: "refused" | "ignored";
  readonly nobody: "empty" | "404";
  /** What `name` matches in a list of sources: the beginning of a name, or a whole name. */
  readonly nameFilter: "prefix" | "exact";
  /** The states that GET /users?state=any shows; undefined: 400. */
  readonly any: readonly string[] | undefined;
  /** GET /users with state=inactive or state=deleted. */
  readonly stateFilter: "works" | "ignored" | "refused";
  readonly maxIds: number;
  /** Whether GET /users leaves out ids that it does not find, or responds with 404. */
  readonly unknownIds: "omitted" | "404";
  /** Whether users have a state in any response. */
  readonly userStates: boolean;
  /** GET /users/{id}?state=deleted. */
  readonly deletedById: "shown" | "404";
  /** Whether lists of members show states, and totals. */
  readonly memberStates: boolean;
  readonly totals: "listed" | "all" | "none";
  /** Members whom the list does not show, though the total counts them. */
  readonly hidesDeleted: boolean;
  readonly pageLimit: number;
  readonly emptyPages: boolean;
  readonly repeatedPages: boolean;
  readonly reportsAs: "array" | "entities";
}

const plainVariants: DirectoryVariants = {
  searchCase: "any",
  searchStates: ["active", "inactive"],
  maxValues: 50,
  extraValues: "refused",
  nobody: "empty",
  nameFilter: "prefix",
  any: ["active", "inactive", "deleted"],
  stateFilter: "works",
  maxIds: 100,
  unknownIds: "omitted",
  userStates: true,
  deletedById: "shown",
  memberStates: true,
  totals: "listed",
  hidesDeleted: false,
  pageLimit: 100,
  emptyPages: false,
  repeatedPages: false,
  reportsAs: "array",
};

function withoutStates(body: Json): Json {
  return JSON.parse(
    JSON.stringify(body, (name, value: unknown) => (name === "state" ? undefined : value)),
  ) as Json;
}

/** The directory of an org: users, sources and their members, with a log of the requests. */
export class FakeDirectory extends ScriptedApi {
  readonly #org: FakeOrg;
  readonly #variants: DirectoryVariants;

  /** @param failures errors by operation */
  constructor(
    org: FakeOrg,
    variants: Partial<DirectoryVariants> = {},
    failures: Readonly<Record<string, ApiError>> = {},
  ) {
    super((request) => {
      const failure = failures[request.operation];
      if (failure !== undefined) throw failure;
      const body = this.#respond(request);
      return this.#variants.userStates ? body : withoutStates(body);
    });
    this.#org = org;
    this.#variants = { ...plainVariants, ...variants };
  }

  #respond(request: ApiRequest): Json {
    const { operation, params = {} } = request;
    const { groups = [], teams = [], queues = [], skillGroups = [] } = this.#org;
    switch (operation as string) {
      case "postUsersSearch":
        return this.#search(
          request,
          this.#users().filter(({ state }) => this.#variants.searchStates.includes(state)),
          searchedField(request),
        );
      case "postGroupsSearch":
        return this.#search(
          request,
          groups.map(({ id, name }) => ({ id, name })),
          "name",
        );
      case "getUsers":
        return this.#listUsers(request);
      case "getUser":
        return this.#user(request);
      case "getGroupMembers":
        return this.#numbered(request, this.#members(groups, params["groupId"]), "entities");
      case "getTeams":
        return this.#cursored(request, this.#named(teams, request), "entities");
      case "getTeamMembers":
        return this.#cursored(request, this.#members(teams, params["teamId"]), "entities");
      case "getRoutingQueues":
        return this.#numbered(request, this.#named(queues, request), "entities");
      case "getRoutingQueueMembers": {
        const nested = this.#members(queues, params["queueId"]).map((user) => ({
          ...user,
          state: undefined,
          email: undefined,
          user,
        }));
        return this.#numbered(request, nested, "entities");
      }
      case "getRoutingSkillgroups":
        return this.#cursored(request, this.#named(skillGroups, request), "entities");
      case "getRoutingSkillgroupMembers":
        return this.#cursored(request, this.#members(skillGroups, params["skillGroupId"]), "entities");
      case "getChatsUserSettings": {
        const user = this.#users().find(({ id }) => id === params["userId"]);
        if (user?.state !== "active") throw refusal(404, "not.found");
        return {};
      }
      case "getUserDirectreports":
        return this.#reports(params["userId"] ?? "");
      default:
        throw new Error(`unexpected ${operation}`);
    }
  }

  #users(): readonly (FakeUser & JsonObject & { readonly state: string })[] {
    return (this.#org.users ?? []).map((user) => ({ state: "active", ...user }));
  }

  #search(request: ApiRequest, all: readonly JsonObject[], field: string): Json {
    const { maxValues, extraValues, searchCase, nobody } = this.#variants;
    const { query } = request.body as { query: readonly JsonObject[] };
    const [criterion = {}] = query;
    const { value, values } = criterion as { readonly value: string; readonly values?: readonly string[] };
    if (values !== undefined && values.length > maxValues && extraValues === "refused")
      throw refusal(400, "search.criteria.values.exceed.limit");
    const comparable = (text: string): string => (searchCase === "any" ? text.toLowerCase() : text);
    const wanted = (values?.slice(0, maxValues) ?? [value]).map(comparable);
    const matches = (text: string): boolean =>
      criterion["type"] === "EXACT" ? wanted.includes(text) : wanted.some((start) => text.startsWith(start));
    const found = all.filter((one) => matches(comparable((one[field] ?? "") as string)));
    if (found.length === 0 && nobody === "404") throw refusal(404, "resource.not.found");
    return this.#numbered(request, found, "results");
  }

  #listUsers(request: ApiRequest): Json {
    const { any, stateFilter, maxIds, unknownIds, nobody } = this.#variants;
    const { id, state = "active" } = request.query ?? {};
    const ids = isArray(id) ? id : undefined;
    if (ids !== undefined && ids.length > maxIds) throw refusal(400, "max.user.ids");
    if (state === "any" && any === undefined) throw refusal(400, "invalid.value");
    if (state !== "any" && state !== "active" && stateFilter === "refused")
      throw refusal(400, "invalid.value");
    const states = state === "any" ? (any ?? []) : stateFilter === "ignored" ? ["active"] : [state as string];
    const users = this.#users().filter((user) => states.includes(user.state));
    const found = ids === undefined ? users : users.filter((user) => ids.includes(user.id));
    const isIncomplete = ids !== undefined && found.length < ids.length && unknownIds === "404";
    if (isIncomplete || (found.length === 0 && nobody === "404"))
      throw refusal(404, "general.resource.not.found");
    return this.#numbered(request, found, "entities");
  }

  #user({ params = {}, query = {} }: ApiRequest): Json {
    const user = this.#users().find(({ id }) => id === params["userId"]);
    const isShown =
      query["state"] === "deleted" ? this.#variants.deletedById === "shown" : user?.state !== "deleted";
    if (user === undefined || !isShown) throw refusal(404, "not.found");
    return user;
  }

  #members(sources: readonly FakeSource[], id: string | undefined): readonly JsonObject[] {
    const source = sources.find((one) => one.id === id);
    if (source === undefined) throw refusal(404, "not.found");
    return this.#shown(source.members);
  }

  #shown(ids: readonly string[]): readonly JsonObject[] {
    const users = new Map(this.#users().map((user) => [user.id, user]));
    return ids.flatMap((id): readonly JsonObject[] => {
      const user = users.get(id);
      if (user === undefined) return [];
      if (user.state === "deleted" && this.#variants.hidesDeleted) return [{ hidden: true }];
      return [this.#variants.memberStates ? user : { id, name: user.email }];
    });
  }

  #reports(manager: string): Json {
    const reports = this.#shown(this.#org.reports?.[manager] ?? []).filter((one) => one["hidden"] !== true);
    return this.#variants.reportsAs === "array" ? reports : { entities: reports };
  }

  #named(sources: readonly FakeSource[], { query = {} }: ApiRequest): readonly JsonObject[] {
    const wanted = typeof query["name"] === "string" ? query["name"].toLowerCase() : undefined;
    const matches = (name: string): boolean =>
      wanted === undefined ||
      (this.#variants.nameFilter === "exact" ? name === wanted : name.startsWith(wanted.replace(/\*$/, "")));
    return sources.filter(({ name }) => matches(name.toLowerCase())).map(({ id, name }) => ({ id, name }));
  }

  #numbered(request: ApiRequest, all: readonly JsonObject[], member: string): JsonObject {
    const { pageLimit, totals } = this.#variants;
    const from = { ...request.query, ...(isObject(request.body) ? request.body : {}) } as Record<
      string,
      Json
    >;
    const size = Math.min(Number(from["pageSize"] ?? 25), pageLimit);
    const page = Number(from["pageNumber"] ?? 1);
    const listed = all.slice((page - 1) * size, page * size).filter((one) => one["hidden"] !== true);
    const shown = all.filter((one) => one["hidden"] !== true).length;
    return {
      [member]: listed,
      pageSize: size,
      pageNumber: page,
      ...(totals === "none" ? {} : { total: totals === "all" ? all.length : shown }),
      pageCount: Math.ceil(all.length / size),
    };
  }

  #cursored(request: ApiRequest, all: readonly JsonObject[], member: string): JsonObject {
    const { pageLimit, emptyPages, repeatedPages } = this.#variants;
    const size = Math.min(Number(request.query?.["pageSize"] ?? 25), pageLimit);
    const after = String(request.query?.["after"] ?? "0");
    const [start = 0, step = 0] = after.split("-").map(Number);
    // Between two pages there may be an empty one, or the last one once more.
    const between = emptyPages ? 1 : repeatedPages ? 2 : 0;
    const isExtra = step > 0;
    const listed = isExtra
      ? between === 2
        ? all.slice(start - size, start)
        : []
      : all.slice(start, start + size);
    const next = isExtra ? `${start}` : `${start + size}${between > 0 ? "-1" : ""}`;
    const isLast = isExtra ? start >= all.length : start + size >= all.length && between === 0;
    return {
      [member]: listed.filter((one) => one["hidden"] !== true),
      ...(isLast ? {} : { nextUri: `/api/v2/x?after=${next}&pageSize=${size}&host=evil` }),
    };
  }
}

/** The field that a search names. */
function searchedField({ body }: ApiRequest): string {
  const { query } = body as { query: readonly { readonly fields: readonly string[] }[] };
  return query[0]?.fields[0] ?? "";
}
