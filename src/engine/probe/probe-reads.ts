/* The experiments that need no room: reads, and a PATCH of own settings that changes none. */
import type { ApiRequest } from "../../api/api.js";
import type { OperationName } from "../../api/operations/operations.js";
import type { Allowed } from "../../api/identity/unless-refused.js";
import { unlessRefused } from "../../api/identity/unless-refused.js";
import { unknowns } from "../../core/behavior/unknowns.js";
import { canonicalUserId } from "../../core/calls/reference.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray, isObject, sameJson } from "../../core/json/json.js";
import { readKey } from "../../core/kind/join-reads.js";
import { readAll } from "../refresh/read-all.js";
import type { ProbeRun } from "./probe-run.js";
import { isAboutRequest, objectsIn, refusalText } from "./probe-run.js";
import { writes } from "./probe-writes.js";

const identityReads = unknowns.userTokenReads.calls;

/** Observes which reads a token may make about itself and its org. */
export async function probeIdentity(run: ProbeRun, isUser: boolean): Promise<void> {
  const reads = new Map<OperationName, Allowed>();
  for (const operation of identityReads) reads.set(operation, await read(run, { operation }));
  const refusals = [...reads.values()].flatMap(({ refusal }) => refusal ?? []);
  const allowed = identityReads.filter((operation) => reads.get(operation)?.refusal === undefined);
  const evidence = refusals.length === 0 ? "all of them succeeded" : refusals.map(refusalText).join(", ");
  await run.observe(isUser ? "userTokenReads" : "clientTokenReads", allowed, `${evidence}.`);
  if (isUser) return;
  // Of all reads of own things, this one needs no permission: its refusal is about the missing user.
  const refusal = reads.get("getChatsUsersMeSettings")?.refusal;
  if (refusal === undefined) return;
  if (refusal.failure.code !== "not.authorized" && !isAboutRequest(refusal)) return;
  const { status, code } = refusal.failure;
  await run.observe("needsUserError", `${status ?? ""} ${code}`, `${refusalText(refusal)}.`);
}

/** An e-mail that no user has: nobody can register its domain. Source: RFC 2606. */
const unusedEmail = "nobody@chatform.invalid";

/** Observes the response to a search that finds no user. */
export async function probeEmptySearch(run: ProbeRun): Promise<void> {
  const { body, refusal } = await read(run, searchByEmail(unusedEmail));
  const evidence = "a search for an e-mail that no user has";
  if (refusal?.failure.status === 404) {
    await run.observe("emptyResults", "404", `${evidence} returned ${refusalText(refusal)}.`);
  } else if (refusal !== undefined) throw refusal;
  else await run.observe("emptyResults", body["results"] === undefined ? "omit" : "empty", `${evidence}.`);
}

/** Observes whether a search for the e-mail of the token's user in upper case finds the user. */
export async function probeSearchCase(run: ProbeRun, userId: string, email: string): Promise<void> {
  const upper = email.toUpperCase();
  const finds = async (spelling: string): Promise<boolean> => {
    const { body, refusal } = await read(run, searchByEmail(spelling));
    if (refusal !== undefined && refusal.failure.status !== 404) throw refusal;
    return userIds(body["results"]).includes(userId);
  };
  if (upper === email || !(await finds(email))) return;
  const isFound = await finds(upper);
  const evidence = `a search in upper case ${isFound ? "finds" : "does not find"} the token's user.`;
  await run.observe("searchCase", isFound ? "any" : "exact", evidence);
}

function searchByEmail(value: string): ApiRequest {
  const query = [{ type: "EXACT", fields: ["email"], value }];
  return { operation: "postUsersSearch", body: { pageSize: 25, pageNumber: 1, query } };
}

/** An id that no user has. */
const unusedId = "00000000-0000-4000-8000-000000000000";

/** Observes the response to GET /users with an id that no user has. */
export async function probeUnknownIds(run: ProbeRun): Promise<void> {
  const { body, refusal } = await read(run, { operation: "getUsers", query: { id: unusedId } });
  if (refusal?.failure.status === 404) {
    await run.observe("unknownIds", "404", `${refusalText(refusal)}.`);
  } else if (refusal !== undefined) throw refusal;
  else if (userIds(body["entities"]).length === 0)
    await run.observe("unknownIds", "omit", "getUsers returned an empty list.");
}

/** Returns an active user other than the token's user; undefined if the org shows none. */
export async function findAnotherUser(
  run: ProbeRun,
  isWanted: (userId: string) => boolean,
): Promise<string | undefined> {
  const { body } = await read(run, { operation: "getUsers", query: { pageSize: "100" } });
  return userIds(body["entities"]).find(isWanted);
}

/** Observes the response for a 1:1 chat that does not exist, with a user who is not among the chats of the token's user. */
export async function probeAbsentOneOnOne(run: ProbeRun, userId: string): Promise<void> {
  const chats = await readChats(run);
  const known = new Set(userIds(chats.map(({ user }) => user ?? null)));
  const stranger = await findAnotherUser(run, (id) => id !== userId && !known.has(id));
  if (stranger === undefined) {
    run.skip(["absentOneOnOne"], "every user who is listed has a chat with you");
    return;
  }
  const { refusal } = await read(run, { operation: "getChatsUser", params: { userId: stranger } });
  if (refusal?.failure.status === 404) {
    await run.observe("absentOneOnOne", "404", `${refusalText(refusal)}.`);
  } else if (refusal !== undefined) throw refusal;
  else await run.observe("absentOneOnOne", "200", "getChatsUser succeeded for a user without a chat.");
}

/** Returns the chats of the token's user. @throws ApiError */
export async function readChats(run: ProbeRun): Promise<readonly JsonObject[]> {
  const chats = {
    operation: "getUsersChatsMe",
    params: {},
    query: { excludeClosed: "false" },
    pages: "nextUri",
  } as const;
  const { api, abort } = run.input;
  const result = (await readAll(api, [chats], { parallelism: 1, signal: abort })).get(readKey(chats));
  if (result?.ok === false) throw result.error;
  const body = result?.response.found === true ? result.response.body : null;
  return isObject(body) ? objectsIn(body["entities"]) : [];
}

const ownSettings = ["muted", "mentionsOnly", "notifyOnReactions", "mobile"];

/** Observes whether the response to PATCH of own settings holds them as later read. Sends the values that were read. */
export async function probeOwnSettings(run: ProbeRun): Promise<void> {
  const readOwn = (): Promise<JsonObject> => run.read({ operation: "getChatsUsersMeSettings" });
  const before = settingsIn(await readOwn());
  if (Object.keys(before).length < ownSettings.length) {
    run.skip(["ownSettingsResponse"], "the service does not show all of your settings");
    return;
  }
  const response = settingsIn(await run.write(writes.patchOwnSettings(before)));
  const isWhole = sameJson(response, settingsIn(await readOwn()));
  const evidence = `the response ${isWhole ? "equals" : "differs from"} the settings read afterwards.`;
  await run.observe("ownSettingsResponse", isWhole ? "whole" : "partial", evidence);
}

function settingsIn(body: JsonObject): JsonObject {
  return Object.fromEntries(
    ownSettings.flatMap((name): [string, Json][] => {
      const value = body[name];
      if (value === undefined) return [];
      // Undocumented members are not sent back.
      const when =
        isObject(value) && isObject(value["notifications"]) ? value["notifications"]["when"] : null;
      return [[name, isObject(value) ? { notifications: { when: when ?? null } } : value]];
    }),
  );
}

/** Returns the ids of users in a list of users or of references to them. */
export function userIds(list: Json | undefined): readonly string[] {
  if (!isArray(list)) return [];
  return objectsIn(list).flatMap(({ id }) => (typeof id === "string" ? [canonicalUserId(id)] : []));
}

function read(run: ProbeRun, request: ApiRequest): Promise<Allowed> {
  return unlessRefused(run.input.api, request, run.input.abort);
}
