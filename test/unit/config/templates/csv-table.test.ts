import { describe, expect, it } from "vitest";
import { readCsv } from "../../../../src/config/templates/csv-rows.js";

/** Returns the part of a CSV file that stands at each value of its rows, in one line. */
function getPlaces(text: string): readonly (readonly string[])[] {
  const { rows, diagnostics, source } = readCsv("a.csv", Buffer.from(text));
  expect(diagnostics).toEqual([]);
  return rows.map((row) =>
    [row.path, ...Object.keys(row.values).map((name) => row.cellPath(name))].map((at) => {
      const { start, end } = source?.placeOf(at, false).range ?? { start: { offset: 0 }, end: { offset: 0 } };
      return Buffer.from(text).subarray(start.offset, end.offset).toString();
    }),
  );
}

describe("the places of the cells of a CSV file", () => {
  it.each<readonly [title: string, text: string, expected: readonly (readonly string[])[]]>([
    [
      "plain cells, with white space around them",
      "a,b,c\n1, two words ,3\n\n,,\nx,é👍,z",
      [
        ["1, two words ,3", "1", "two words", "3"],
        ["x,é👍,z", "x", "é👍", "z"],
      ],
    ],
    [
      "cells in quotes, over lines and with separators and quotes",
      '\u{feff}a;b;c\r\n1; "x;""y""\r\nz" ;3\r\n',
      [['1; "x;""y""', "1", '"x;""y""\r\nz"', "3"]],
    ],
    [
      "cells between tabs, of which the first is empty",
      'a\tb\tc\n\t 2\t"3"\n',
      [['2\t"3"', '2\t"3"', "2", '"3"']],
    ],
    ["a file that names its separator", "sep=,\na,b;b\n1,2\n", [["1,2", "1", "2"]]],
    [
      "a single column",
      "a\n1\n\n2\n",
      [
        ["1", "1"],
        ["2", "2"],
      ],
    ],
    ["a missing cell at the end, which is the row's place", "a,b\n1,\n", [["1,", "1", "1,"]]],
  ])("are those of %s", (_title, text, expected) => {
    expect(getPlaces(text)).toEqual(expected);
  });
});
