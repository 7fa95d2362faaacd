import type { JsonObject } from "../../core/json/json.js";
import { cursorPage, numberedPage } from "../input/paging.js";
import { matchesName } from "../input/name-filter.js";
import type { Handlers, OperationCall } from "../handler.js";
import { entityRef, pathParam } from "../handler.js";
import { notFound } from "../input/refusal.js";
import { requireUser } from "../org/lookup.js";
import type { Source, SourceKind } from "../org/org.js";
import type { User } from "../org/users.js";
import { listed, showUser, usersById } from "./people.js";

/** The paths of the sources' entities. */
const paths = {
  groups: "groups",
  teams: "teams",
  queues: "routing/queues",
  skillGroups: "routing/skillgroups",
} as const;

export function showSource(kind: SourceKind, { id, name, members }: Source): JsonObject {
  return { id, name, memberCount: members.length, selfUri: `/api/v2/${paths[kind]}/${id}` };
}

/** A user's name is shown with an expansion that the table of operations leaves out. */
function showReference({ id }: User): JsonObject {
  return entityRef("users", id);
}

function showQueueMember(call: OperationCall<unknown>, user: User): JsonObject {
  const { id, name } = user;
  const nested =
    call.variants.queueMembers === "users" ? showUser(call, user) : { ...entityRef("users", id), name };
  return { id, name, user: nested, ringNumber: 1, joined: true, memberBy: "user" };
}

/** Returns the sources of a kind that the `name` in the query matches, sorted by name. */
function named(call: OperationCall<unknown>, kind: "teams" | "queues" | "skillGroups"): readonly Source[] {
  const matches = matchesName(call, kind === "queues" ? "asterisks" : "prefix");
  return [...call.org[kind].values()]
    .filter(({ name }) => matches(name))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Returns the members of the source in the path. @throws Refusal 404 */
function members(call: OperationCall<unknown>, kind: SourceKind, param: string): readonly User[] {
  const source = call.org[kind].get(pathParam(call, param));
  if (source === undefined) throw notFound(entityNames[kind], pathParam(call, param));
  return usersById(call, source.members);
}

const entityNames = { groups: "group", teams: "team", queues: "queue", skillGroups: "skill group" } as const;

/** Returns a page of references to members, by cursor: no total, and no states. */
function referencePage(call: OperationCall<unknown>, path: string, all: readonly User[]): JsonObject {
  const { users, shown } = listed(call, all);
  const { items, uris } = cursorPage(call, path, users);
  return { entities: shown(items).map(showReference), ...uris };
}

function sourcePage(call: OperationCall<unknown>, kind: "teams" | "skillGroups"): JsonObject {
  const { items, uris } = cursorPage(call, paths[kind], named(call, kind));
  return { entities: items.map((source) => showSource(kind, source)), ...uris };
}

export const sourceHandlers: Handlers<
  | "getGroupMembers"
  | "getTeams"
  | "getTeamMembers"
  | "getRoutingQueues"
  | "getRoutingQueueMembers"
  | "getUserDirectreports"
  | "getRoutingSkillgroups"
  | "getRoutingSkillgroupMembers"
> = {
  getGroupMembers: (call) => {
    const { users, shown } = listed(call, members(call, "groups", "groupId"));
    const path = `groups/${pathParam(call, "groupId")}/members`;
    const { items, paging, uris } = numberedPage(call, path, users);
    return { entities: shown(items).map((user) => showUser(call, user)), ...paging, ...uris };
  },
  getTeams: (call) => sourcePage(call, "teams"),
  getTeamMembers: (call) =>
    referencePage(call, `teams/${pathParam(call, "teamId")}/members`, members(call, "teams", "teamId")),
  getRoutingQueues: (call) => {
    const { items, paging, uris } = numberedPage(call, paths.queues, named(call, "queues"));
    return { entities: items.map((queue) => showSource("queues", queue)), ...paging, ...uris };
  },
  getRoutingQueueMembers: (call) => {
    const { users, shown } = listed(call, members(call, "queues", "queueId"));
    const path = `routing/queues/${pathParam(call, "queueId")}/members`;
    const { items, paging, uris } = numberedPage(call, path, users);
    // The published listing has neither a total nor a count of pages.
    const { pageSize, pageNumber } = paging;
    const entities = shown(items).map((user) => showQueueMember(call, user));
    return { entities, pageSize, pageNumber, ...uris };
  },
  getUserDirectreports: (call) => {
    const { id } = requireUser(call, pathParam(call, "userId"));
    const reports = [...call.org.users.values()].filter(({ manager }) => manager === id);
    return listed(call, reports)
      .shown(reports)
      .map((user) => showUser(call, user));
  },
  getRoutingSkillgroups: (call) => sourcePage(call, "skillGroups"),
  getRoutingSkillgroupMembers: (call) =>
    referencePage(
      call,
      `routing/skillgroups/${pathParam(call, "skillGroupId")}/members`,
      members(call, "skillGroups", "skillGroupId"),
    ),
};
