import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json/json.js";
import { exportLive } from "../../../src/engine/export.js";
import type { Exported, ExportItem } from "../../../src/engine/export.js";
import { kinds } from "../../../src/resources/index.js";
import { JumpingClock } from "../../helpers/world.js";
import { refusal, ScriptedApi } from "../../helpers/scripted-api.js";

interface User {
  readonly id: string;
  readonly email?: string;
  readonly name?: string;
  readonly state?: string;
}

const jid = "adhoc-1@conference.org.orgspan.com";
const room: ExportItem = { address: "rooms/r", kind: "rooms/*", id: jid };

/** Exports from an org with these users, all of them in one room. */
async function exported(users: readonly User[], items: readonly ExportItem[] = [room]): Promise<Exported> {
  const api = new ScriptedApi(({ operation, query }): Json => {
    if (operation === "getUsers") {
      const asked = [query?.["id"] ?? []].flat();
      return { entities: users.filter(({ id }) => asked.includes(id)).map((user) => ({ ...user })) };
    }
    if (operation === "getChatsRoom") return { jid, roomType: "adhoc", subject: "R", owners: [] };
    if (operation === "getChatsRoomParticipants")
      return { participants: users.map(({ id }) => ({ jid: id, user: { id } })) };
    throw refusal(404, "not.found");
  });
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const timing = { clock: new JumpingClock(), patienceMs: 0 };
  return exportLive({ api, kinds: byName, items, parallelism: 1, ...timing, onEvent: () => undefined });
}

const participants = ({ document }: Exported): unknown =>
  (document["rooms"] as { r: { participants: unknown } }).r.participants;

describe("people in an exported list", () => {
  test("are written by e-mail in lower case", async () => {
    const result = await exported([{ id: "j", email: "Jane@x.com", state: "active" }]);
    expect([participants(result), result.people]).toEqual([["jane@x.com"], {}]);
  });

  test.each<readonly [string, User, string]>([
    ["departed", { id: "a", email: "ana@x.com", state: "deleted" }, "ana@x.com is deleted in the directory"],
    ["without an e-mail", { id: "a", name: "Ana", state: "active" }, "Ana"],
    [
      "with an e-mail that a config can't name",
      { id: "a", email: "a b@x.com", state: "active" },
      "a b@x.com",
    ],
  ])("are written by id with a comment: %s", async (_what, user, comment) => {
    const result = await exported([user]);
    expect([participants(result), result.people]).toEqual([["a"], { a: comment }]);
  });

  test("are written by id where two active users have one e-mail", async () => {
    const result = await exported([
      { id: "a", email: "ana@x.com", state: "active" },
      { id: "b", email: "Ana@x.com", state: "active" },
    ]);
    expect([participants(result), result.people]).toEqual([["a", "b"], { a: "ana@x.com", b: "Ana@x.com" }]);
  });

  test("keep the e-mail where only a departed user had it too", async () => {
    const result = await exported([
      { id: "a", email: "ana@x.com", state: "active" },
      { id: "b", email: "ana@x.com", state: "inactive" },
    ]);
    expect(participants(result)).toEqual(["ana@x.com", "b"]);
    expect(Object.keys(result.people)).toEqual(["b"]);
  });
});

test("the settings of a departed user are left out, and are no failure", async () => {
  const users = [{ id: "a", email: "ana@x.com", state: "deleted" }];
  const settings = { kind: "users/*/settings", address: "users/ana@x.com/settings", id: "a" };
  const result = await exported(users, [settings]);
  expect(result).toMatchObject({ document: {}, failures: [], missing: [] });
  expect(result.departed).toEqual([
    { address: settings.address, text: "ana@x.com is deleted in the directory" },
  ]);
});
