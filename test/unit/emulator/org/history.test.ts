import { describe, expect, it } from "vitest";
import type { Variants } from "../../../../src/emulator/index.js";
import { start } from "../desk.js";
import type { Desk } from "../desk.js";

const began = Date.parse("2026-01-01T00:00:00Z");

/** A room with five messages, a second apart. The seed's own message is taken out. */
async function five(variants: Partial<Variants> = {}): Promise<{ desk: Desk; ids: string[] }> {
  let now = began;
  const desk = await start({ variants, now: () => now });
  const seeded = await desk.history();
  for (const message of seeded) desk.emulator.change({ change: "delete-message", message });
  const ids: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    ids.push(await desk.say(String(at)));
    now += 1000;
  }
  return { desk, ids };
}

const pick = (ids: readonly string[], ...at: readonly number[]) => at.map((index) => ids[index]);

describe("a history", () => {
  it("is newest first, or oldest first", async () => {
    const { desk, ids } = await five();
    expect(await desk.history()).toEqual(ids.toReversed());
    const other = await five({ historyOrder: "oldest-first" });
    expect(await other.desk.history()).toEqual(other.ids);
  });

  it("has a default and a highest limit", async () => {
    const { desk, ids } = await five({ historyDefault: 2, historyMax: 3 });
    expect(await desk.history()).toEqual(pick(ids, 4, 3));
    expect(await desk.history("limit=1")).toEqual(pick(ids, 4));
    expect(await desk.history("limit=5")).toEqual(pick(ids, 4, 3, 2));
    const strict = await five({ historyMax: 3, historyOverMax: "refuse" });
    const over = await strict.desk.call("getChatsRoomMessages", { query: "limit=4" });
    expect(over.brief).toBe("400 constraint.validation");
  });

  it("goes back from a message, page by page", async () => {
    const { desk, ids } = await five({ historyCursor: "id" });
    expect(await desk.history(`limit=2&before=${ids[3] ?? ""}`)).toEqual(pick(ids, 2, 1));
    expect(await desk.history(`limit=2&before=${ids[1] ?? ""}`)).toEqual(pick(ids, 0));
    expect(await desk.history(`before=${ids[0] ?? ""}`)).toEqual([]);
  });

  it("continues after a message, page by page", async () => {
    const { desk, ids } = await five({ historyCursor: "id" });
    expect(await desk.history(`limit=2&after=${ids[0] ?? ""}`)).toEqual(pick(ids, 2, 1));
    expect(await desk.history(`after=${ids[4] ?? ""}`)).toEqual([]);
    expect(await desk.history(`after=${ids[0] ?? ""}&before=${ids[3] ?? ""}`)).toEqual(pick(ids, 2, 1));
    expect(await desk.history(`after=${ids[3] ?? ""}&before=${ids[1] ?? ""}`)).toEqual([]);
  });

  it("accepts times", async () => {
    const { desk, ids } = await five({ historyCursor: "timestamp" });
    const second = new Date(began + 1000).toISOString();
    expect(await desk.history(`before=${second}`)).toEqual(pick(ids, 0));
    expect(await desk.history(`after=${second}`)).toEqual(pick(ids, 4, 3, 2));
    expect(await desk.history(`after=${began + 3000}`)).toEqual(pick(ids, 4));
  });

  it.each<[Variants["historyCursor"], "id" | "time", number]>([
    ["id", "id", 200],
    ["id", "time", 400],
    ["timestamp", "id", 400],
    ["timestamp", "time", 200],
    ["either", "id", 200],
    ["either", "time", 200],
  ])("with cursors of type %s responds to %s with %s", async (historyCursor, cursor, status) => {
    const { desk, ids } = await five({ historyCursor });
    const before = cursor === "id" ? (ids[1] ?? "") : "2026-01-01T00:00:01Z";
    expect((await desk.call("getChatsRoomMessages", { query: `before=${before}` })).status).toBe(status);
  });

  it.each(["limit=0", "limit=-1", "limit=1.5", "limit=ten", "before=yesterday", "after="])(
    "refuses %s",
    async (query) => {
      const { desk } = await five();
      expect((await desk.call("getChatsRoomMessages", { query })).brief).toBe("400 invalid.value");
    },
  );

  it("refuses a cursor of another chat", async () => {
    const { desk } = await five();
    const query = "before=00000000-0000-4000-8000-00000000dead";
    expect((await desk.call("getChatsRoomMessages", { query })).brief).toBe("400 invalid.value");
  });
});
