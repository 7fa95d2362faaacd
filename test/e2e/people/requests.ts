import { expect } from "vitest";
import type { LoggedRequest } from "../../../src/emulator/index.js";
import type { Directory } from "./expected.js";

/** The reads of sources and rooms, of which none is repeated in a run. */
const once: ReadonlySet<string> = new Set([
  "postGroupsSearch",
  "getGroupMembers",
  "getTeams",
  "getTeamMembers",
  "getRoutingQueues",
  "getRoutingQueueMembers",
  "getRoutingSkillgroups",
  "getRoutingSkillgroupMembers",
  "getUserDirectreports",
  "postUsersSearch",
]);

/** What is read again only after a write. */
const onceWithoutWrites: ReadonlySet<string> = new Set([
  "getChatsRoom",
  "getChatsRoomParticipants",
  "getChatsUserSettings",
]);

/** Checks that a run read each source once, each user by id once, and, if it wrote nothing, each room and user's settings once. */
export function checkReads(requests: readonly LoggedRequest[], what: string): void {
  const isWrite = ({ method, operation }: LoggedRequest): boolean =>
    method !== "GET" && !once.has(operation ?? "");
  const wrote = requests.some(isWrite);
  const reads = requests
    .filter(({ operation = "" }) => once.has(operation) || (!wrote && onceWithoutWrites.has(operation)))
    .map(({ operation, path, query, body }) => JSON.stringify([operation, path, query, body]));
  expect(repeated(reads), what).toEqual([]);
  const ids = requests
    // A refused batch is split and sent again.
    .filter(({ operation, status }) => operation === "getUsers" && status === 200)
    .flatMap(({ query }) => (query["id"] ?? []).map((id) => `${id} ${String(query["state"])}`));
  expect(repeated(ids), what).toEqual([]);
}

function repeated(all: readonly string[]): readonly string[] {
  return all.filter((one, at) => all.indexOf(one) !== at);
}

const participant = /\/rooms\/([^/]+)\/participants\/([^/]+)$/;

/** Returns the requests that removed departed participants: the room and the user. */
export function departedRemovals(
  requests: readonly LoggedRequest[],
  directory: Directory,
): readonly string[] {
  return requests
    .filter(({ method }) => method === "DELETE")
    .flatMap(({ path }) => {
      const [, room, user] = participant.exec(path) ?? [];
      return room === undefined || user === undefined || directory.isActive(user) ? [] : `${user} in ${room}`;
    });
}
