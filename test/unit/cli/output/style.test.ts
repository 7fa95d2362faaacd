import { expect, test } from "vitest";
import type { Context } from "../../../../src/cli/context.js";
import { progressOutput } from "../../../../src/cli/output/style.js";

function fakeContext(term: string): { readonly context: Context; readonly written: string[] } {
  const written: string[] = [];
  const stderr = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  return { context: { env: { TERM: term }, stderr } as unknown as Context, written };
}

test("progress knows the terminal that it is shown on", () => {
  const { context } = fakeContext("xterm-256color");
  expect(progressOutput(context, "stderr")).toMatchObject({ isTTY: true, columns: 40 });
});

test("a dumb terminal gets whole lines", () => {
  const { context, written } = fakeContext("dumb");
  const output = progressOutput(context, "stderr");
  output.write("Reading: 1/2\n");
  expect(output.isTTY).toBeUndefined();
  expect(written).toEqual(["Reading: 1/2\n"]);
});
