import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskOutput } from "../../../../src/cli/masking/masked-output.js";
import { Secrets } from "../../../../src/cli/masking/secrets.js";

const secrets = new Secrets(["abcabd", "topsecret"]);

/** Writes parts; returns what was written at once, and in the end. */
function write(...parts: readonly string[]): { readonly before: string; readonly after: string } {
  const stream = new PassThrough({ encoding: "utf8" });
  const read = (): string => (stream.read() as string | null) ?? "";
  const { output, flush } = maskOutput(stream, secrets);
  for (const part of parts) output.write(part);
  const before = read();
  flush();
  return { before, after: before + read() };
}

describe("maskOutput", () => {
  it("writes other texts at once", () => {
    expect(write("one\n", "two").before).toBe("one\ntwo");
  });

  it("holds back what may be the beginning of a secret", () => {
    expect(write("a top", "ic")).toEqual({ before: "a topic", after: "a topic" });
    expect(write("a tops")).toEqual({ before: "a ", after: "a tops" });
  });

  it("masks secrets however they are written in parts", () => {
    const text = "abcabcabd topsecretopsecret abcab";
    const cuts = fc.uniqueArray(fc.nat(text.length), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (positions) => {
        const ends = [...positions.sort((a, b) => a - b), text.length];
        const parts = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
        expect(write(...parts).after).toBe("abc*** ***opsecret abcab");
      }),
    );
  });

  it("keeps the rest of the stream: the terminal, listeners, and the callback of a write", async () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
    const { output } = maskOutput(stream, secrets);
    expect([output.isTTY, output.columns]).toEqual([true, 120]);
    const shown: string[] = [];
    output.on("data", (chunk: Buffer) => shown.push(chunk.toString()));
    await new Promise((resolve) => output.write(Buffer.from("x topsecret"), resolve));
    expect(shown).toEqual(["x ***"]);
  });
});
