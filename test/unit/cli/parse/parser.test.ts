import { describe, expect, it } from "vitest";
import type { Command } from "../../../../src/cli/command.js";
import { flag, list, number, text } from "../../../../src/cli/parse/option-table.js";
import { parse } from "../../../../src/cli/parse/parser.js";

const command: Command<never> = {
  description: "",
  examples: [],
  positionals: {
    action: { type: "string", describe: "", default: "list" },
    args: { type: "string", describe: "", isRepeatable: true },
  },
  options: {
    file: { ...list("FILE", "", ["chatform.yaml"]), alias: "f" },
    refresh: flag("", true),
    full: flag(""),
    out: text("FILE", ""),
    parallelism: number("", 10),
    limit: number("", undefined),
  },
  run: () => Promise.resolve(0),
};

const byDefault = {
  ...{ action: "list", args: [] },
  ...{ file: ["chatform.yaml"], refresh: true, full: false, parallelism: 10 },
  ...{ color: true, debug: false, input: true },
};

describe("parse", () => {
  it.each([
    ["", {}],
    ["show 007 1e3", { action: "show", args: ["007", "1e3"] }],
    ["show -- --out -f", { action: "show", args: ["--out", "-f"] }],
    ["-f a.yaml --file=b.yaml -fc.yaml -f=d.yaml", { file: ["a.yaml", "b.yaml", "c.yaml", "d.yaml"] }],
    ["-f - show", { file: ["-"], action: "show" }],
    ["--no-refresh --full", { refresh: false, full: true }],
    ["--refresh=false --full=true", { refresh: false, full: true }],
    ["--out 12 --parallelism 3 --limit=0", { out: "12", parallelism: 3, limit: 0 }],
    ["--no-color --debug", { color: false, debug: true }],
  ])("reads %j", async (line, given) => {
    const words = line.split(" ").filter((word) => word !== "");
    expect(await parse(words, { name: "state", command, commands: [] })).toEqual({ ...byDefault, ...given });
  });
});
