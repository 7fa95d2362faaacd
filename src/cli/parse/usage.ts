import { nearest } from "../../core/nearest.js";
import type { CommandEntry } from "../command.js";
import type { OptionInfo } from "./option-info.js";
import { valueName } from "./option-info.js";
import { commands } from "../registry.js";
import { UsageError } from "./usage-error.js";

/** Words before a command that belong to no command. */
export function unknownCommand(words: readonly string[]): UsageError {
  const at = words.findIndex((word) => !word.startsWith("-"));
  const name = words[at];
  if (name === undefined) return unknownOption(words[0] ?? "");
  if (at > 0)
    return new UsageError(`The command comes first: chatform COMMAND ${words[at - 1] ?? ""} ${name}`);
  const close = nearest(
    name,
    commands.map((one) => one.name),
  );
  const hint = close === undefined ? "See chatform --help." : `Did you mean "chatform ${close}"?`;
  return new UsageError(`There is no command "${name}". ${hint}`);
}

function unknownOption(word: string): UsageError {
  const close = /^-v$/i.test(word) ? "--version" : nearest(word, ["--help", "--version"]);
  const hint = close === undefined ? "See chatform --help." : `Did you mean ${close}?`;
  return new UsageError(`There is no option ${word} without a command. ${hint}`);
}

/** yargs' words for what a command does not take, with the closest one that there is. */
export function usageError(
  message: string,
  entry: CommandEntry,
  options: readonly OptionInfo[],
  words: readonly string[],
): UsageError {
  const command = `chatform ${entry.name}`;
  const [, unknown] = /^Unknown (?:arguments?|commands?): ([^\s,]+)/.exec(message) ?? [];
  if (unknown === undefined) return otherProblem(message, entry, options);
  if (words.includes(unknown))
    return new UsageError(`${command} takes no "${unknown}". See ${command} --help.`);
  // yargs tells an option that it doesn't know without its no-.
  const said = words.includes(`--no-${unknown}`) ? `no-${unknown}` : unknown;
  const name = said.replace(/^no-/, "");
  const close = nearest(
    name,
    options.map((option) => option.name),
  );
  const prefix = name === said ? "" : "no-";
  const hint = close === undefined ? `See ${command} --help.` : `Did you mean --${prefix}${close}?`;
  const dashes = said.length === 1 ? "-" : "--";
  return new UsageError(`${command} has no option ${dashes}${said}. ${hint}`);
}

function otherProblem(
  message: string,
  { name, signature }: CommandEntry,
  options: readonly OptionInfo[],
): UsageError {
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(message) ?? [];
  const required = [...signature.matchAll(/<([\w-]+)>/g)].map(([, word]) => word);
  const missing = options.find((one) => given !== undefined && one.name === required[Number(given)]);
  const [, argument, value = ""] =
    /^Invalid values:\s+Argument: ([\w-]+), Given: (.*), Choices: /s.exec(message) ?? [];
  const wrong = options.find((one) => one.name === argument);
  const text =
    missing !== undefined
      ? `chatform ${name} needs ${missing.name.toUpperCase()}: ${whatItIs(missing)}`
      : wrong !== undefined
        ? notOneOf(wrong, value, signature)
        : message.replaceAll(/\s*\n\s*/g, " ");
  return new UsageError(`${text.replace(/[.?]?$/, (end) => end || ".")} See chatform ${name} --help.`);
}

function whatItIs({ describe, choices }: OptionInfo): string {
  return choices.length > 0 ? choices.join(", ") : `${describe.charAt(0).toLowerCase()}${describe.slice(1)}`;
}

/** @param value in quotes, as yargs shows it */
function notOneOf({ name, choices }: OptionInfo, value: string, signature: string): string {
  const isArgument = new RegExp(`[<[]${name}\\b`).test(signature);
  const close = nearest(value.replaceAll('"', ""), choices);
  const hint = close === undefined ? `it is one of ${choices.join(", ")}` : `did you mean ${close}?`;
  return `${isArgument ? name.toUpperCase() : `--${name}`} can't be ${value}: ${hint}`;
}

/** Options without their value: yargs takes the next option, or nothing, for it. @throws UsageError */
export function checkWords(words: readonly string[], options: readonly OptionInfo[]): void {
  const end = words.indexOf("--");
  const before = end === -1 ? words : words.slice(0, end);
  before.forEach((word, at) => {
    checkSwitch(word, options);
    const option = optionNamed(word, options);
    if (option === undefined || option.type === "boolean") return;
    const next = before[at + 1];
    if (next === undefined || optionNamed(next.replace(/=.*/s, ""), options) !== undefined)
      throw new UsageError(`${word} needs a value: ${word} ${valueName(option.name)}.`);
  });
}

/** yargs takes any value of a switch but `true` for `false`. @throws UsageError */
function checkSwitch(word: string, options: readonly OptionInfo[]): void {
  const [, flag = "", value] = /^(--?[\w-]+)=(.*)$/s.exec(word) ?? [];
  if (value === undefined || value === "true" || value === "false") return;
  if (optionNamed(flag, options)?.type === "boolean")
    throw new UsageError(`${flag} is on or off: it takes no value "${value}".`);
}

function optionNamed(word: string, options: readonly OptionInfo[]): OptionInfo | undefined {
  const [, name] = /^--?([\w-]+)$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  return options.find((option) => option.name === name || option.aliases.includes(name));
}

/** Values that yargs lets pass: an option twice that is there once, and numbers that are none. @throws UsageError */
export function checkValues(args: Readonly<Record<string, unknown>>, options: readonly OptionInfo[]): void {
  for (const { name, type } of options) {
    const value = args[name];
    if (type !== "array" && Array.isArray(value))
      throw new UsageError(`--${name} is given ${value.length} times; it takes one value.`);
    if (
      type === "number" &&
      value !== undefined &&
      !(typeof value === "number" && value >= 0 && value < Infinity)
    )
      throw new UsageError(`--${name} takes a number from 0.`);
  }
}
