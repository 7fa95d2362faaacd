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

it("removes every other member of a long list on one line without looking for the line's start", async () => {
  const items = Array.from({ length: 40_000 }, (_one, at) => `user-${at}@example.com`);
  const text = `list: [${items.join(", ")}]\n`;
  const file = await openYaml({ file: "a.yaml", bytes: Buffer.from(text) });
  if (file === undefined) throw new Error("the file is not valid");
  const list = findNode(file.root, ["list"])?.members ?? [];
  const removed = new Map(list.flatMap((member, at) => (at % 2 === 1 ? [[member, [items[at] ?? ""]]] : [])));

  expect(removeMembers(text, file.root, removed).text).toBe(
    `list: [${items.filter((_one, at) => at % 2 === 0).join(", ")}]\n`,
  );
});
