import { describe, expect, test } from "vitest";
import {
  getDeparted,
  getEmails,
  readUserStates,
  toNames,
} from "../../../../src/engine/people/known-users.js";
import { FakeDirectory } from "../../../helpers/fake-directory.js";
import { refusal } from "../../../helpers/scripted-api.js";

const users = [
  { id: "s1", email: "Sam@x.com" },
  { id: "d1", email: "dan@x.com", state: "deleted" },
];

describe("states of users", () => {
  test("are read once, those of known users never", async () => {
    const api = new FakeDirectory({ users });
    const known = new Map([["k1", { state: "active" }]] as const);
    const found = await readUserStates(api, ["S1", "s1", "d1", "k1", "z9"], known);
    expect(found).toEqual(
      new Map([
        ["k1", { state: "active" }],
        ["s1", { state: "active", email: "sam@x.com" }],
        ["d1", { state: "deleted", email: "dan@x.com" }],
        ["z9", { state: "unknown" }],
      ]),
    );
    expect(api.counts()).toEqual({ getUsers: 1 });
    expect(await readUserStates(api, ["s1", "z9"], found)).toBe(found);
    expect(api.requests).toHaveLength(1);
    expect(getDeparted(found)).toEqual(new Map([["d1", { state: "deleted", email: "dan@x.com" }]]));
  });

  test("count as active where the credentials may not read users, and fail otherwise", async () => {
    const forbidden = new FakeDirectory({ users }, {}, { getUsers: refusal(403, "missing.permissions") });
    expect(await readUserStates(forbidden, ["d1"], new Map())).toEqual(
      new Map([["d1", { state: "active" }]]),
    );
    const broken = new FakeDirectory({ users }, {}, { getUsers: refusal(500, "internal.server.error") });
    await expect(readUserStates(broken, ["d1"], new Map())).rejects.toThrow("internal");
  });
});

test("users who share an e-mail have no name", () => {
  const known = new Map([
    ["a", { state: "active", email: "ann@x.com" }],
    ["b", { state: "deleted", email: "ann@x.com" }],
    ["c", { state: "active", email: "cid@x.com" }],
    ["d", { state: "unknown" }],
  ] as const);
  expect(toNames(getEmails(known))).toEqual({ c: "cid@x.com" });
});
