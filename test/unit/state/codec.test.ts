import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { State } from "../../../src/core/state/state.js";
import { emptyState } from "../../../src/core/state/state.js";
import { parseState, printState } from "../../../src/state/codec.js";
import { StateError } from "../../../src/state/errors.js";
import { states } from "./arbitrary.js";
import { intent, resource } from "./samples.js";

const state: State = {
  version: 1,
  lineage: "lineage-1",
  serial: 3,
  resources: { "rooms/b": resource("2"), "rooms/a": resource("1") },
  uncertain: [intent("rooms/c")],
  users: { "jane@example.com": "u1" },
};

function getCode(content: string | Uint8Array): string {
  try {
    parseState(content, "state.json", "");
    return "none";
  } catch (error) {
    if (error instanceof StateError) return error.code;
    throw error;
  }
}

describe("printState", () => {
  it("round-trips a state", () => {
    fc.assert(
      fc.property(states, (value) => {
        expect(parseState(Buffer.from(printState(value)), "", "")).toEqual(value);
      }),
    );
  });

  it("gives equal text for equal states, with members sorted and a line feed at the end", () => {
    const turned = Object.fromEntries(Object.entries(state).reverse()) as unknown as State;
    const text = printState(state);
    expect(printState(turned)).toBe(text);
    expect(text.endsWith("}\n")).toBe(true);
    expect(text.indexOf("rooms/a")).toBeLessThan(text.indexOf("rooms/b"));
  });

  it("omits undefined members", () => {
    const users = { a: undefined } as unknown as State["users"];
    expect(parseState(printState({ ...state, users }), "", "").users).toEqual({});
  });
});

describe("parseState", () => {
  it("accepts a byte order mark", () => {
    expect(parseState(Buffer.from(`\ufeff${printState(state)}`), "", "")).toEqual(state);
  });

  it.each([
    ["nothing", "", "state-damaged"],
    ["blanks", " \n", "state-damaged"],
    ["half a state", printState(state).slice(0, -20), "state-damaged"],
    ["bytes that are not UTF-8", Uint8Array.from([0x7b, 0xff, 0x7d]), "state-damaged"],
    ["a list", "[]", "state-damaged"],
    ["no version", "{}", "state-damaged"],
    ["another version", '{"version":4,"terraform_version":"1.9.0","serial":1}', "state-version"],
    ["an unknown member", JSON.stringify({ ...state, more: 1 }), "state-damaged"],
    ["a serial that is no number", JSON.stringify({ ...state, serial: "3" }), "state-damaged"],
    [
      "a resource without id",
      JSON.stringify({ ...state, resources: { "rooms/a": { kind: "x" } } }),
      "state-damaged",
    ],
    ["__proto__ as address", printState(state).replace("rooms/a", "__proto__"), "state-damaged"],
    [
      "__proto__ as attribute",
      printState(state).replace('"subject": "S', '"__proto__": "S'),
      "state-damaged",
    ],
    ["__proto__ in disguise", printState(state).replace("rooms/a", "\\u005f_proto__"), "state-damaged"],
    ["endless nesting", `{"version":1,"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "state-damaged"],
  ])("refuses %s", (_name, content, code) => {
    expect(getCode(content)).toBe(code);
  });

  it("quotes nothing of a file that is no state: a config may name any file of a CI machine", () => {
    expect(() => parseState("API_TOKEN=s3cret", "/proc/self/environ", "Restore.")).toThrow(
      "/proc/self/environ is not a state: it is not JSON. Restore.",
    );
  });

  it.each([
    [
      "an empty id",
      { resources: { "rooms/a": { ...resource(""), id: "" } } },
      'the id of rooms/a is not an id: ""',
    ],
    [
      "an id that is a part of a path",
      { resources: { "rooms/a": { ...resource(""), id: ".." } } },
      "rooms/a",
    ],
    [
      "an empty container",
      { resources: { "rooms/a": { ...resource("1"), container: "" } } },
      "container of rooms/a",
    ],
    ["no time of creation", { resources: { "rooms/a": { ...resource("1"), created: "soon" } } }, '"soon"'],
    [
      "no time of an intent",
      { uncertain: [{ ...intent("rooms/c"), at: "2026-13-45T00:00:00Z" }] },
      "rooms/c",
    ],
    ["an empty container of an intent", { uncertain: [{ ...intent("rooms/c"), container: "" }] }, "rooms/c"],
    ["an empty id of a user", { users: { "jane@example.com": "" } }, "jane@example.com"],
  ])("names %s", (_name, part, text) => {
    expect(() => parseState(JSON.stringify({ ...state, ...part }), "state.json", "")).toThrow(
      expect.objectContaining({
        code: "state-damaged",
        detail: expect.stringContaining(text) as string,
      }) as Error,
    );
  });

  it.each(["applied", "original", "options"])("refuses nesting that is too deep in %s", (member) => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const text = JSON.stringify({
      ...state,
      resources: { "rooms/a": { ...resource("1"), [member]: { a: 0 } } },
    });
    expect(() => parseState(text.replace('"a":0', `"a":${deep}`), "state.json", "")).toThrow(
      expect.objectContaining({
        code: "state-damaged",
        detail: expect.stringContaining("too deep") as string,
      }) as Error,
    );
  });

  it("accepts names that all objects inherit", () => {
    const odd = { ...state, resources: { constructor: resource("1"), toString: resource("2") } };
    expect(parseState(printState(odd), "", "").resources).toEqual(odd.resources);
  });

  it("throws only StateError for garbage", () => {
    const text = printState(state);
    const edits = fc.tuple(fc.nat(text.length), fc.nat(20), fc.string());
    fc.assert(
      fc.property(fc.oneof(edits, fc.uint8Array(), fc.json()), (garbage) => {
        if (typeof garbage === "string" || garbage instanceof Uint8Array) return getCode(garbage) !== "";
        const [at, length, insert] = garbage;
        return getCode(text.slice(0, at) + insert + text.slice(at + length)) !== "";
      }),
      { numRuns: 500 },
    );
  });

  it("reads and prints 100,000 resources", () => {
    const many = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, at) => [`rooms/room-${at}/messages/hello`, resource(`id-${at}`)]),
    );
    const text = printState({ ...emptyState("l"), resources: many });
    expect(Object.keys(parseState(Buffer.from(text), "", "").resources)).toHaveLength(100_000);
  });
});
