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

/** Checks that a run read each source once, and each user by id once. */
export function checkReads(requests: readonly LoggedRequest[], what: string): void {
  const reads = requests
    .filter(({ operation }) => once.has(operation ?? ""))
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
