import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { goldenFile, goldenFolders, goldenPlan } from "../helpers/golden.js";

/** The cases whose JSON is compared too: one of each shape that plan.txt does not show in full. */
const withJson = [
  "002-settings-patch-one",
  "009-room-create-with-26-participants",
  "011-room-adopt-and-change",
  "013-room-update-each-attribute",
  "014-causes-config-drift-conflict",
  "026-orphaned-room-is-emptied",
  "027-messages-create-thread-mentions-reactions-pins",
  "041-destroy",
  "052-sources-joined-and-left",
  "053-departed-users",
  "054-user-settings-with-conflict",
  "057-room-and-message-moved",
];

it("compares the JSON of the intended cases, and the text of all", () => {
  const having = (file: string): readonly string[] =>
    goldenFolders().filter((name) => existsSync(goldenFile(name, file)));
  expect(having("plan.json")).toEqual(withJson);
  expect(having("plan.txt")).toHaveLength(59);
});

describe.each(goldenFolders())("%s", (name) => {
  test("its plan is the reviewed one (UPDATE_GOLDEN=1 writes it)", async () => {
    const { text, json } = await goldenPlan(name);
    const files = { "plan.txt": text, ...(withJson.includes(name) ? { "plan.json": json } : {}) };
    for (const [file, content] of Object.entries(files)) {
      const url = goldenFile(name, file);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(url, content);
      expect(content).toBe(readFileSync(url, "utf8"));
    }
  });
});
