import { nearest } from "../../core/nearest.js";
import { shellWord } from "../../core/shell-word.js";
import type { OptionSpec, OptionTable } from "./option-table.js";
import { findHint } from "./other-tools.js";
import { stateActions } from "./options.js";
import { UsageError } from "./usage-error.js";

/** A command whose words are checked. */
export interface CheckedCommand {
  /** As in `chatform plan`. */
  readonly name: string;
  readonly positionals: OptionTable;
  readonly options: OptionTable;
  /** Returns the commands that have an option. */
  readonly findCommandsWith: (option: string) => Promise<readonly string[]>;
}

/**
 * Checks the words behind a command before they are parsed: yargs would take the next option for a missing value, and any value of a
 * switch but `true` for `false`.
 *
 * @throws UsageError for an unknown option or argument, with the closest one; for a missing value; for a switch with one
 */
export async function checkWords(words: readonly string[], command: CheckedCommand): Promise<void> {
  const { positionals, options } = command;
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const given: string[] = [];
  let isValue = false;
  for (const [at, word] of words.slice(0, end).entries()) {
    const [, dashes = "", name = "", value] = /^(--?)(?![-\d.])([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (isValue || name === "") {
      if (!isValue) given.push(word);
      isValue = false;
      continue;
    }
    const isLong = dashes === "-" && name.length > 1;
    const spec = isLong ? undefined : findOption(name, options);
    if (spec === undefined) throw await unknownOption({ dashes, name, value }, command);
    if (spec.type === "boolean") {
      if (value !== undefined && value !== "true" && value !== "false")
        throw new UsageError(`${dashes}${name} is on or off: it takes no value "${value}".`);
    } else if (value === undefined) {
      const next = words.slice(0, end)[at + 1];
      if (next === undefined || isOption(next, options))
        throw new UsageError(`${word} needs a value: ${word} ${spec.value ?? "VALUE"}.`);
      isValue = true;
    }
  }
  const isAnyNumber = Object.values(positionals).some(({ isRepeatable }) => isRepeatable === true);
  const unknown = [...given, ...words.slice(end + 1)][Object.keys(positionals).length];
  if (unknown !== undefined && !isAnyNumber) throw unknownArgument(unknown, command);
}

/** Returns the option with a name or letter, also behind `no-`. */
function findOption(name: string, options: OptionTable): OptionSpec | undefined {
  const own = Object.hasOwn(options, name) ? options[name] : undefined;
  if (own !== undefined) return own;
  const switched = Object.hasOwn(options, withoutNo(name)) ? options[withoutNo(name)] : undefined;
  if (switched?.type === "boolean") return switched;
  return Object.values(options).find(({ alias }) => alias === name);
}

function isOption(word: string, options: OptionTable): boolean {
  const [, name] = /^--?([\w-]+)(?:=.*)?$/s.exec(word) ?? [];
  return name !== undefined && findOption(name, options) !== undefined;
}

function withoutNo(name: string): string {
  return name.replace(/^no-/, "");
}

/** An option as it is written: `-refresh=false`. */
interface WrittenOption {
  readonly dashes: string;
  readonly name: string;
  readonly value: string | undefined;
}

async function unknownOption(option: WrittenOption, command: CheckedCommand): Promise<UsageError> {
  const help = await helpForOption(option, command);
  return new UsageError(`${command.name} has no option ${option.dashes}${option.name}. ${help}`);
}

async function helpForOption(
  { dashes, name, value }: WrittenOption,
  command: CheckedCommand,
): Promise<string> {
  const { options, findCommandsWith } = command;
  const spec = name.length === 1 ? undefined : findOption(name, options);
  if (dashes === "-" && spec !== undefined) {
    // The value of another option may be a secret.
    const shown =
      spec.type === "boolean" ? (value === undefined ? "" : `=${value}`) : ` ${spec.value ?? "VALUE"}`;
    return `Write two hyphens: --${name}${shown}`;
  }
  if (name === "help") return `To show the help: ${command.name} --help`;
  const hint = findHint(`-${withoutNo(name)}`);
  if (hint !== undefined) return hint;
  const prefix = name.startsWith("no-") ? "no-" : "";
  const candidates = Object.keys(options).filter((one) => prefix === "" || options[one]?.type === "boolean");
  const close = nearest(withoutNo(name), candidates);
  if (close !== undefined) return `Did you mean --${prefix}${close}?`;
  const others = await findCommandsWith(name);
  return others.length === 0
    ? `See ${command.name} --help.`
    : `--${name} is an option of: ${others.map((one) => `chatform ${one}`).join(", ")}.`;
}

function unknownArgument(word: string, { name, options }: CheckedCommand): UsageError {
  const isAddress = /^(?:rooms|users|userSettings|me)\/./.test(word);
  const help =
    isAddress && Object.hasOwn(options, "target")
      ? `To choose an address: --target ${shellWord(word)}`
      : !isAddress && Object.hasOwn(options, "file")
        ? `To name a config file: -f ${shellWord(word)}`
        : `See ${name} --help.`;
  return new UsageError(`${name} takes no "${word}". ${help}`);
}

/** Returns the error for a word that is no command. @param names of all commands */
export function unknownCommand(word: string, names: readonly string[]): UsageError {
  const close = nearest(word, names);
  const help =
    findHint(word) ??
    (stateActions.some((action) => action === word)
      ? `Did you mean chatform state ${word}?`
      : close === undefined
        ? "See chatform --help."
        : `Did you mean chatform ${close}?`);
  return new UsageError(`There is no command "${word}". ${help}`);
}

/** Returns the error for an option before the command. @param command the first word that is a command */
export function unknownGlobalOption(option: string, command: string | undefined): UsageError {
  const name = option.replace(/^--?|=.*$/gs, "");
  const hint = findHint(`-${name}`);
  if (hint !== undefined && !/^-v$/i.test(option))
    return new UsageError(`There is no option ${option.replace(/=.*$/s, "")}. ${hint}`);
  if (command !== undefined)
    return new UsageError(`The command comes first: chatform ${command} ${option.replace(/=.*$/s, "=…")}`);
  const close = /^-v$/i.test(option) ? "--version" : nearest(option, ["--help", "--version"]);
  const help = close === undefined ? "See chatform --help." : `Did you mean ${close}?`;
  return new UsageError(`There is no option ${option} without a command. ${help}`);
}

/** Checks parsed values: an option given twice, a text for a number, a choice, a missing argument. @throws UsageError */
export function checkValues(
  args: Readonly<Record<string, unknown>>,
  command: string,
  { positionals, options }: { readonly positionals: OptionTable; readonly options: OptionTable },
): void {
  for (const [name, spec] of Object.entries(positionals)) {
    if (spec.isRequired === true && args[name] === undefined)
      throw new UsageError(
        `${command} needs ${name.toUpperCase()}: ${describe(spec)}. See ${command} --help.`,
      );
    checkChoice(name.toUpperCase(), args[name], command, spec);
  }
  for (const [name, spec] of Object.entries(options)) {
    const value = args[name];
    if (spec.isRepeatable !== true && Array.isArray(value))
      throw new UsageError(`--${name} is given ${value.length} times; it takes one value.`);
    const isNumber = typeof value === "number" && value >= 0 && value < Infinity;
    if (spec.type === "number" && value !== undefined && !isNumber)
      throw new UsageError(`--${name} takes a number from 0.`);
    checkChoice(`--${name}`, value, command, spec);
  }
}

function describe({ describe: sentence, choices }: OptionSpec): string {
  return choices?.join(", ") ?? `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function checkChoice(label: string, value: unknown, command: string, { choices }: OptionSpec): void {
  if (choices === undefined || typeof value !== "string" || choices.includes(value)) return;
  const other = findHint(`${command.replace(/^chatform /, "")} ${value}`);
  if (other !== undefined) throw new UsageError(`There is no command "${command} ${value}". ${other}`);
  const close = nearest(value, choices);
  const hint = close === undefined ? `it is one of ${choices.join(", ")}.` : `did you mean ${close}?`;
  throw new UsageError(`${label} can't be "${value}": ${hint} See ${command} --help.`);
}
