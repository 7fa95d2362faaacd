import { describe, expect, it } from "vitest";
import type { RecordedShared } from "../../../../src/core/people/reviewed-shared.js";
import { ReviewedShared, toRecordedShared } from "../../../../src/core/people/reviewed-shared.js";
import { toResolved } from "../../../helpers/shared-blocks.js";

const always = { mobile: { notifications: { when: "Always" } } };
const never = { mobile: { notifications: { when: "OnlyWhenInactive" } } };
const night: RecordedShared = {
  ...{ entry: "userSettings/night", members: ["team:Night", "team:Late"] },
  ...{ except: ["user:sam@x.com"], attributes: never },
};
const everyone: RecordedShared = {
  ...{ entry: "userSettings/everyone", members: ["group:All"], except: ["queue:Sales"], attributes: always },
};
const applied = [night, everyone];

const review = (...declared: readonly RecordedShared[]): ReviewedShared =>
  new ReviewedShared(
    applied,
    declared.map((block) => toResolved(block, { "group:All": ["ann"] })),
  );
const ofAll = { entry: everyone.entry, source: "group:All" };

describe("ReviewedShared", () => {
  it("records the people and sources of a block by key", () => {
    expect(applied.map((block) => toRecordedShared(toResolved(block).declaration))).toEqual(applied);
  });

  it.each<readonly [title: string, declared: readonly RecordedShared[]]>([
    ["nothing", applied],
    ["more members of an earlier block", [{ ...night, members: [...night.members, "team:Day"] }, everyone]],
    ["fewer exceptions of an earlier block", [{ ...night, except: [] }, everyone]],
    ["other settings of an earlier block", [{ ...night, attributes: always }, everyone]],
    ["more exceptions", [night, { ...everyone, except: ["queue:Sales", "user:jo@x.com"] }]],
    ["a new block", [{ ...night, entry: "userSettings/new" }, night, everyone]],
  ])("gives a user the applied settings after an edit of %s", (_title, declared) => {
    expect(review(...declared).getOrigin(ofAll, always)).toEqual(ofAll);
  });

  it.each<readonly [title: string, declared: readonly RecordedShared[]]>([
    ["removes an earlier block", [everyone]],
    ["removes a member of an earlier block", [{ ...night, members: ["team:Night"] }, everyone]],
    [
      "adds an exception to an earlier block",
      [{ ...night, except: [...night.except, "team:Day"] }, everyone],
    ],
    ["moves the block to the top", [everyone, night]],
    ["removes an exception", [night, { ...everyone, except: [] }]],
  ])("does not give a user the settings that the config gives only because it %s", (_title, declared) => {
    expect(review(...declared).getOrigin(ofAll, always)).toBeUndefined();
  });

  it("does not give a user the settings of a block while an earlier one may give the user others", () => {
    const { entries: _entries, ...unknown } = toResolved(night);
    const blocks = [{ ...unknown, entries: { "team:Night": [] } }, toResolved(everyone)];
    expect(new ReviewedShared(applied, blocks).getOrigin(ofAll, always)).toBeUndefined();
  });

  it("does not give a user settings that were never applied to the source", () => {
    const blocks = review(...applied);
    expect(blocks.getOrigin(ofAll, never)).toBeUndefined();
    expect(blocks.getOrigin({ ...ofAll, source: "group:New" }, always)).toBeUndefined();
    expect(blocks.getOrigin({ ...ofAll, source: "group:New", others: ["group:All"] }, always)).toEqual(ofAll);
    expect(new ReviewedShared([], []).getOrigin(ofAll, always)).toBeUndefined();
  });

  it("tells an applied block from a user's own", () => {
    expect(review().has(ofAll)).toBe(true);
    expect(review().has({ entry: "users/ann/settings", source: "ann" })).toBe(false);
    expect(review().has(undefined)).toBe(false);
  });

  it("tells the users of a member unless the config leaves out others", () => {
    expect(review(...applied).getUsers(ofAll.entry, ofAll.source)).toEqual(["ann"]);
    expect(review(night, { ...everyone, except: [] }).getUsers(ofAll.entry, ofAll.source)).toEqual(["ann"]);
    const excepting = { ...everyone, except: ["queue:Sales", "user:jo@x.com"] };
    expect(review(night, excepting).getUsers(ofAll.entry, ofAll.source)).toBeUndefined();
    expect(review(night).getUsers(ofAll.entry, ofAll.source)).toBeUndefined();
  });
});
