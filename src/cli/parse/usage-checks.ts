import { nearest } from "../../core/nearest.js";
import type { OptionSpec, OptionTable } from "./option-table.js";
import { UsageError } from "./usage-error.js";

/**
 * Checks the options on a command line before it is parsed: yargs would take the next option for a missing value, and any
 * value of a switch but `true` for `false`.
 *
 * @param command named in errors: `chatform plan`
 * @throws UsageError for an unknown option, with the closest one; for a missing value; for a switch with one
 */
export function checkOptions(words: readonly string[], command: string, options: OptionTable): void {
  const end = words.indexOf("--");
  const checked = end === -1 ? words : words.slice(0, end);
  let isValue = false;
  checked.forEach((word, at) => {
    const [, dashes = "", name = "", value] = /^(--?)(?![-\d.])([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (isValue || name === "") {
      isValue = false;
      return;
    }
    const isLong = dashes === "-" && name.length > 1;
    const spec = isLong ? undefined : findOption(name, options);
    if (spec === undefined) throw unknownOption(dashes, name, command, options);
    if (spec.type === "boolean") {
      if (value !== undefined && value !== "true" && value !== "false")
        throw new UsageError(`${dashes}${name} is on or off: it takes no value "${value}".`);
    } else if (value === undefined) {
      const next = checked[at + 1];
      if (next === undefined || isOption(next, options))
        throw new UsageError(`${word} needs a value: ${word} ${spec.value ?? "VALUE"}.`);
      isValue = true;
    }
  });
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

function unknownOption(dashes: string, name: string, command: string, options: OptionTable): UsageError {
  const prefix = name.startsWith("no-") ? "no-" : "";
  const candidates = Object.keys(options).filter((one) => prefix === "" || options[one]?.type === "boolean");
  const close = nearest(withoutNo(name), candidates);
  const hint = close === undefined ? `See ${command} --help.` : `Did you mean --${prefix}${close}?`;
  return new UsageError(`${command} has no option ${dashes}${name}. ${hint}`);
}

/** Returns the error for an option before the command. @param command the first word that is no option */
export function unknownGlobalOption(option: string, command: string | undefined): UsageError {
  if (command !== undefined)
    return new UsageError(`The command comes first: chatform COMMAND ${option} ${command}`);
  const close = /^-v$/i.test(option) ? "--version" : nearest(option, ["--help", "--version"]);
  const hint = close === undefined ? "See chatform --help." : `Did you mean ${close}?`;
  return new UsageError(`There is no option ${option} without a command. ${hint}`);
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
  const close = nearest(value, choices);
  const hint = close === undefined ? `it is one of ${choices.join(", ")}.` : `did you mean ${close}?`;
  throw new UsageError(`${label} can't be "${value}": ${hint} See ${command} --help.`);
}
