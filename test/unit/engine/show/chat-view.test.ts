import { describe, expect, test } from "vitest";
import type { Json } from "../../../../src/core/json/json.js";
import type { RecordedResource, State } from "../../../../src/core/state/state.js";
import { emptyState } from "../../../../src/core/state/state.js";
import { readChat } from "../../../../src/engine/show/chat-view.js";
import { refusal, ScriptedApi } from "../../../helpers/scripted-api.js";

const jid = "adhoc-1@conference.Org.orgspan.com";

/** A service with one room and these users: their state by id. */
function serve(states: Readonly<Record<string, string>>, settings: Json = {}): ScriptedApi {
  return new ScriptedApi(({ operation, query }): Json => {
    switch (operation as string) {
      case "getUsers": {
        const asked = [query?.["id"] ?? []].flat();
        return { entities: asked.map((id) => ({ id, email: `${id}@x.com`, state: states[id] ?? "active" })) };
      }
      case "getChatsRoom":
        return { jid, subject: "A", owners: [{ id: "J" }] };
      case "getChatsRoomParticipants":
        return { participants: ["J", "a", "b"].map((id) => ({ jid: id, user: { id } })) };
      case "getChatsUserSettings":
        if (settings === null) throw refusal(404, "not.found");
        return settings;
      default:
        throw refusal(404, "not.found");
    }
  });
}

function stateWith(resource: Omit<RecordedResource, "kind" | "applied">): State {
  return { ...emptyState("L"), resources: { x: { kind: "any", applied: {}, ...resource } } };
}

test("a room shows the sources of the last apply and the state of departed users", async () => {
  const state = stateWith({
    id: jid.toLowerCase(),
    lists: {
      "/participants": { "group:Support": ["j", "b"], "team:Night": ["j"], "user:j@x.com": ["j"], a: ["a"] },
    },
  });
  const chat = await readChat(serve({ a: "deleted" }), { type: "room", jid }, { messages: 0, state });
  expect([chat.owners, chat.participants]).toEqual([["j"], ["j", "a", "b"]]);
  expect(chat.sources).toEqual({
    participants: { j: ["group Support", "team Night"], b: ["group Support"] },
  });
  expect(chat.departed).toEqual({ a: "deleted" });
  expect(chat.people["a"]).toBe("a@x.com");
});

test("a manager whom a source names by id is shown by e-mail", async () => {
  const state = stateWith({ id: jid, lists: { "/participants": { "reportsOf:m": ["a"] } } });
  const { sources } = await readChat(serve({}), { type: "room", jid }, { messages: 0, state });
  expect(sources).toEqual({ participants: { a: ["reports of m@x.com"] } });
  const from = { entry: "userSettings/agents", source: "u", others: ["reportsOf:m"] };
  const { facts } = await readChat(
    serve({}),
    { type: "user", id: "u" },
    { messages: 0, state: stateWith({ id: "u", from }) },
  );
  expect(facts.at(-1)).toEqual(["settingsFrom", "userSettings/agents (u@x.com, reports of m@x.com)"]);
});

describe("a user", () => {
  const show = (api: ScriptedApi, state?: State): ReturnType<typeof readChat> =>
    readChat(api, { type: "user", id: "u" }, { messages: 0, state });

  test("shows the userSettings entry that the settings come from", async () => {
    const state = stateWith({ id: "u", from: { entry: "userSettings/agents", source: "group:Support" } });
    const { facts } = await show(serve({}, { mobile: { notifications: { when: "Always" } } }), state);
    expect(facts).toEqual([
      ["user", "u"],
      ["email", "u@x.com"],
      ["mobile.notifications.when", "Always"],
      ["settingsFrom", "userSettings/agents (group Support)"],
    ]);
  });

  test("who departed is shown with their state, even without settings", async () => {
    const { facts } = await show(serve({ u: "inactive" }, null));
    expect(facts).toEqual([
      ["user", "u"],
      ["email", "u@x.com"],
      ["state", "inactive"],
    ]);
  });

  test("whom only the state knows is shown as the state records them", async () => {
    const api = new ScriptedApi(() => {
      throw refusal(404, "not.found");
    });
    const from = { entry: "userSettings/agents", source: "group:Support", others: ["team:Night"] };
    const recorded = { kind: "users/*/settings", id: "u", applied: {}, from };
    const state = { ...emptyState("L"), resources: { "users/u@x.com/settings": recorded } };
    const { facts } = await show(api, state);
    expect(facts).toEqual([
      ["user", "u"],
      ["state", "unknown to the directory"],
      ["settingsFrom", "userSettings/agents (group Support, team Night)"],
    ]);
    await expect(show(api)).rejects.toMatchObject({ failure: { status: 404 } });
  });

  test("who is active has settings: a 404 is an error", async () => {
    await expect(show(serve({}, null))).rejects.toMatchObject({ failure: { status: 404 } });
  });
});
