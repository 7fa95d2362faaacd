import { describe, expect, it } from "vitest";
import {
  defaultSeed,
  defaultVariants,
  parseFaults,
  parseSeed,
  parseVariants,
  SeedError,
  startEmulator,
  variantValues,
} from "../../../../src/emulator/index.js";

describe("a seed file", () => {
  it("may hold a dump", async () => {
    const emulator = await startEmulator({ seed: parseSeed(defaultSeed) });
    const seed: unknown = JSON.parse(JSON.stringify(emulator.dump()));
    await emulator.close();
    expect(parseSeed(seed)).toEqual(seed);
  });

  it("is refused with the location of every problem", () => {
    const seed = { users: [{ name: "A" }], rooms: [{ subject: 1 }], grops: [] };
    expect(() => parseSeed(seed)).toThrow(SeedError);
    for (const place of ["seed/users/0", "seed/rooms/0/subject", "additional properties"]) {
      expect(() => parseSeed(seed)).toThrow(place);
    }
  });

  it.each([null, [], "x", { name: "not a.name" }, { oneOnOnes: [{ users: ["a"] }] }])(
    "is refused: %j",
    (seed) => {
      expect(() => parseSeed(seed)).toThrow(SeedError);
    },
  );
});

describe("a faults file", () => {
  it("holds a rule or a list of them", () => {
    const rule = { match: { operation: "token", nth: 2 }, times: "always", action: { type: "delay", ms: 5 } };
    expect(parseFaults(rule)).toEqual([rule]);
    expect(parseFaults([rule, rule])).toEqual([rule, rule]);
  });

  it.each([
    {},
    { action: { type: "explode" } },
    { action: { type: "status" } },
    { action: { type: "status", status: 200 } },
    { action: { type: "drop-before", applied: true } },
    { action: { type: "hang" }, times: 0 },
    { action: { type: "hang" }, match: { nth: 0 } },
    { action: { type: "hang" }, match: { operation: "getNothing" } },
    { action: { type: "hang" }, when: "now" },
  ])("is refused: %j", (rule) => {
    expect(() => parseFaults(rule)).toThrow(SeedError);
  });
});

describe("variants on a command line", () => {
  it("are parsed by their types", () => {
    const given = [
      "lagMs=10",
      "creatorJoins=false",
      "addPresentPin=409",
      "missingInBatch=404",
      "tooManyPins=409 request.conflict",
      "needsUser=getUsersMe,getChatsSettings",
    ];
    expect(parseVariants(given)).toEqual({
      lagMs: 10,
      creatorJoins: false,
      addPresentPin: 409,
      missingInBatch: "404",
      tooManyPins: "409 request.conflict",
      needsUser: ["getUsersMe", "getChatsSettings"],
    });
    expect(parseVariants(["needsUser="])).toEqual({ needsUser: [] });
  });

  it.each([
    "lagMs",
    "lagMs=-1",
    "creatorJoins=yes",
    "addPresentPin=200",
    "tooManyPins=200 fine",
    "needsUser=getNothing",
    "toString=1",
    "reactionsRead=latin1",
  ])("are refused: %s", (given) => {
    expect(() => parseVariants([given])).toThrow(SeedError);
  });

  it("include each of the defaults", () => {
    const given = Object.entries(defaultVariants).map(([name, value]) => `${name}=${String(value)}`);
    expect(parseVariants(given)).toEqual(defaultVariants);
    expect(Object.keys(variantValues)).toEqual(Object.keys(defaultVariants));
  });
});
