import { VERSION } from "../../core/version.js";
import { wrapped } from "../../views/text/wrap.js";
import type { Command, CommandEntry, CommandLine } from "../command.js";
import { globalOptions } from "./options.js";
import type { OptionSpec, OptionTable } from "./option-table.js";

/** Returns the help of chatform: every command on a line. @param width in characters */
export function overview(commands: readonly CommandEntry[], width: number): string {
  return [
    `chatform ${VERSION} - Terraform for Genesys Cloud's internal chat`,
    "",
    "Usage: chatform COMMAND [options]",
    "",
    "Commands:",
    ...table(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    ...globalSection(width),
    "",
    "chatform help COMMAND shows the options of a command.",
    "",
  ].join("\n");
}

/** Returns the help of a command: usage, description, examples, arguments and options. @param width in characters */
export function commandHelp(entry: CommandEntry, command: Command<never>, width: number): string {
  return [
    ...usageLines(entry, command, width),
    "",
    ...command.description.split("\n").flatMap((line) => wrapped(line, "", width)),
    ...exampleSection(command.examples, width),
    ...section("Arguments:", Object.entries(command.positionals ?? {}).map(argumentRow), width),
    ...section("Options:", optionRows(command.options), width),
    ...globalSection(width),
    "",
  ].join("\n");
}

function usageLines(
  { signature }: CommandEntry,
  { forms }: Command<never>,
  width: number,
): readonly string[] {
  if (forms === undefined) {
    const placeholders = signature
      .replaceAll(/<([^>]+)>/g, "$1")
      .replaceAll(/(?<= \[?)[a-z.]+/g, (name) => name.toUpperCase());
    return [`Usage: chatform ${placeholders} [options]`];
  }
  const rows = forms.map(([line, purpose]): Row => [`chatform ${line}`, purpose]);
  const [first = "", ...rest] = twoColumns(rows, "       ", width);
  return [`Usage:${first.slice("Usage:".length)}`, ...rest];
}

type Row = readonly [left: string, right: string];

function section(title: string, rows: readonly Row[], width: number): readonly string[] {
  return rows.length === 0 ? [] : ["", title, ...table(rows, width)];
}

function globalSection(width: number): readonly string[] {
  return section(
    "With every command:",
    [...optionRows(globalOptions), ["-h, --help", "Show this help"]],
    width,
  );
}

function exampleSection(examples: readonly CommandLine[], width: number): readonly string[] {
  const rows = examples.map(([line, purpose]): Row => [line.replaceAll(/^|(?<=&& )/g, "chatform "), purpose]);
  return rows.length === 0 ? [] : ["", "Examples:", ...twoColumns(rows, "  ", width)];
}

/** On one line each where all fit, else with the right side below. */
function twoColumns(rows: readonly Row[], indent: string, width: number): readonly string[] {
  const longest = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `${indent}${left.padEnd(longest)}  ${right}`);
  if (lines.every((line) => line.length <= width)) return lines;
  return rows.flatMap(([left, right]) => [indent + left, ...wrapped(right, `${indent}    `, width)]);
}

/** Two columns, the right one wrapped. */
function table(rows: readonly Row[], width: number): readonly string[] {
  const indent = " ".repeat(leftWidth(rows));
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrapped(right, indent, width);
    return [`  ${left.padEnd(indent.length - 2)}${first.slice(indent.length)}`.trimEnd(), ...rest];
  });
}

/** Columns of the left side with the margins around it. */
function leftWidth(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(([left]) => left.length)) + 4;
}

function argumentRow([name, { describe, choices }]: readonly [string, OptionSpec]): Row {
  return [name.toUpperCase(), choices === undefined ? describe : `${describe}: ${choices.join(", ")}`];
}

/** `-f, --file FILE` and its description. A switch that is on, or tri-state, can be set either way. */
function optionRows(options: OptionTable): readonly Row[] {
  return Object.entries(options).map(([name, spec]) => {
    const { type, alias, value, describe, choices, default: byDefault } = spec;
    const short = alias === undefined ? "    " : `-${alias}, `;
    const long = type === "boolean" && byDefault !== false ? `--[no-]${name}` : `--${name}`;
    const defaults = type === "boolean" || byDefault === undefined ? "" : String(byDefault);
    const notes = [
      ...(choices === undefined ? [] : [choices.join(", ")]),
      ...(defaults === "" ? [] : [`default: ${defaults}`]),
    ];
    return [
      `${short}${long}${value === undefined ? "" : ` ${value}`}`,
      `${describe}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`,
    ];
  });
}
