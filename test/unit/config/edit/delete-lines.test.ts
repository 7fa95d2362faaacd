import { expect, it } from "vitest";
import { deletedParts } from "../../../../src/config/edit/delete-lines.js";

it("joins a hundred thousand neighbours into one part", () => {
  const line = "- gone@x.com\n";
  const pieces = Array.from({ length: 100_000 }, (_one, index) => {
    const start = index * line.length;
    return { at: [start, start + line.length - 1] as const, names: ["gone@x.com"] };
  });
  const text = line.repeat(pieces.length);

  expect(deletedParts(`${text}- here@x.com\n`, pieces)).toEqual([[0, text.length]]);
});
