import type { Handlers } from "../handler.js";
import { pathParam } from "../handler.js";
import { notFound } from "../input/refusal.js";
import { requireUser } from "../org/lookup.js";

/** An org without work teams, queues, skill groups and managers. */
export const sourceHandlers: Handlers<
  | "getTeams"
  | "getTeamMembers"
  | "getRoutingQueues"
  | "getRoutingQueueMembers"
  | "getUserDirectreports"
  | "getRoutingSkillgroups"
  | "getRoutingSkillgroupMembers"
> = {
  getTeams: () => ({ entities: [] }),
  getTeamMembers: (call) => {
    throw notFound("team", pathParam(call, "teamId"));
  },
  getRoutingQueues: () => ({ entities: [], total: 0, pageCount: 0 }),
  getRoutingQueueMembers: (call) => {
    throw notFound("queue", pathParam(call, "queueId"));
  },
  getUserDirectreports: (call) => {
    requireUser(call.org, pathParam(call, "userId"));
    return [];
  },
  getRoutingSkillgroups: () => ({ entities: [] }),
  getRoutingSkillgroupMembers: (call) => {
    throw notFound("skill group", pathParam(call, "skillGroupId"));
  },
};
