import { expect, it } from "vitest";
import { openYaml } from "../../../../src/config/edit/editable-file.js";
import { removeMembers } from "../../../../src/config/edit/remove-members.js";
import { findNode } from "../../../../src/config/edit/syntax-tree.js";

it("removes a member of a long list on one line without reading the line for each other member", async () => {
  const items = Array.from({ length: 70_000 }, (_one, at) => `user-${at}@example.com`);
  const text = JSON.stringify({ list: items });
  const file = await openYaml({ file: "a.json", bytes: Buffer.from(text) });
  const last = file === undefined ? undefined : findNode(file.root, ["list", "69999"]);
  if (file === undefined || last === undefined) throw new Error("the file is not valid");

  const removed = removeMembers(text, file.root, new Map([[last, ["user-69999@example.com"]]]));

  expect(JSON.parse(removed.text)).toEqual({ list: items.slice(0, -1) });
});
