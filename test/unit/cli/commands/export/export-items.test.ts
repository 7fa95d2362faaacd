import { expect, it } from "vitest";
import { exportItems } from "../../../../../src/cli/commands/export/export-items.js";
import { ScriptedApi } from "../../../../helpers/scripted-api.js";

it("numbers thousands of rooms that have the same subject", async () => {
  const jids = Array.from(
    { length: 20_000 },
    (_one, at) => `adhoc-${at + 10_000}@conference.org.orgspan.com`,
  );
  const selection = { settings: false, me: false, user: [], room: jids, mine: false, "all-known": false };
  const api = new ScriptedApi(() => ({ subject: "Front desk" }));
  const run = { signal: new AbortController().signal, onEvent: () => undefined };

  const items = await exportItems(api, selection, undefined, run);

  const rooms = items.filter(({ kind }) => kind === "rooms/*").map(({ address }) => address);
  expect(rooms.slice(0, 2)).toEqual(["rooms/front-desk", "rooms/front-desk-2"]);
  expect(rooms.at(-1)).toBe("rooms/front-desk-20000");
});
