import yargs from "yargs";
import { VERSION } from "../../core/version.js";
import { wrapped } from "../../views/text/wrap.js";
import type { Command, CommandEntry } from "../command.js";
import type { OptionInfo } from "./option-info.js";
import { optionsOf, valueName } from "./option-info.js";
import { globalOptions } from "./parser.js";
import { commands } from "../registry.js";

/** The overview: every command in a line. */
export function overview(width: number): string {
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  return [
    `chatform ${VERSION} - Terraform for Genesys Cloud's internal chat`,
    "",
    "Usage: chatform COMMAND [options]",
    "",
    "Commands:",
    ...table(rows, width),
    "",
    "With every command:",
    ...table([...globals().map(optionRow), helpRow], width),
    "",
    "chatform help COMMAND says more of a command.",
    "",
  ].join("\n");
}

/** All about one command: how it is called, what it does, examples, what it takes. */
export function commandHelp({ signature }: CommandEntry, command: Command<never>, width: number): string {
  const all = optionsOf(command.options(globalOptions(yargs([]))) as ReturnType<typeof globalOptions>);
  const positional = new Set([...signature.matchAll(/[<[]([\w-]+)/g)].map(([, name]) => name));
  const shared = new Set(globals().map(({ name }) => name));
  const words = all.filter(({ name }) => positional.has(name));
  const own = all.filter(({ name }) => !positional.has(name) && !shared.has(name));
  const [usage, what] = partsOf(command.usage.replaceAll("$0", "chatform"));
  return [
    usage,
    "",
    ...wrapped(what, "", width),
    ...examples(command.examples, width),
    ...section("Arguments:", words.map(argumentRow), width),
    ...section("Options:", own.map(optionRow), width),
    ...section("With every command:", [...globals().map(optionRow), helpRow], width),
    "",
  ].join("\n");
}

/** How a command is called, and what it does. */
function partsOf(text: string): readonly [usage: string, what: string] {
  const at = text.indexOf("Usage:");
  // Our lines end where sentences do, or where they were too long.
  return [
    text.slice(at),
    text
      .slice(0, at)
      .trim()
      .replaceAll(/(?<!\.)\n/g, " "),
  ];
}

const helpRow: Row = ["-h, --help", "Show this"];

function globals(): readonly OptionInfo[] {
  return optionsOf(globalOptions(yargs([])));
}

type Row = readonly [left: string, right: string];

function section(title: string, rows: readonly Row[], width: number): readonly string[] {
  return rows.length === 0 ? [] : ["", title, ...table(rows, width)];
}

function examples(lines: Command["examples"], width: number): readonly string[] {
  if (lines.length === 0) return [];
  const rows = lines.map(([line, what]): Row => [line.replaceAll("$0", "chatform"), what]);
  const fit = rows.every(([line, what]) => 2 + longest(rows) + 2 + what.length <= width && line.length > 0);
  if (fit) return ["", "Examples:", ...table(rows, width)];
  return [
    "",
    "Examples:",
    ...rows.flatMap(([line, what]) => [`  ${line}`, ...wrapped(what, "      ", width)]),
  ];
}

/** Two columns; the right one is wrapped. */
function table(rows: readonly Row[], width: number): readonly string[] {
  const indent = " ".repeat(longest(rows) + 4);
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapped(right, indent, width);
    return [`  ${left.padEnd(indent.length - 2)}${first.slice(indent.length)}`.trimEnd(), ...rest];
  });
}

function longest(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(([left]) => left.length));
}

function argumentRow({ name, describe, choices }: OptionInfo): Row {
  const values = choices.length === 0 ? "" : `: ${choices.join(", ")}`;
  return [name.toUpperCase(), `${describe}${values}`];
}

/** `-f, --file FILE` and what it is for. */
function optionRow({ name, aliases, type, describe, choices, byDefault }: OptionInfo): Row {
  const short = aliases.find((alias) => alias.length === 1);
  // Without a default it depends, and can be said either way.
  const long = type === "boolean" && byDefault !== "false" ? `--[no-]${name}` : `--${name}`;
  const value = type === "boolean" ? "" : type === "number" ? " N" : ` ${valueName(name)}`;
  const notes = [
    ...(choices.length === 0 ? [] : [choices.join(", ")]),
    ...(byDefault === undefined || type === "boolean" || byDefault === "" || describe.includes("default")
      ? []
      : [`default: ${byDefault}`]),
  ];
  return [
    `${short === undefined ? "    " : `-${short}, `}${long}${value}`,
    `${describe}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`,
  ];
}
