import type { Options, PositionalOptions } from "yargs";

/**
 * An option or a positional argument of a command. The parser, the help, the completion scripts and the usage errors all
 * come from tables of these.
 */
export interface OptionSpec {
  readonly type: "boolean" | "number" | "string";
  readonly describe: string;
  /** Placeholder of the value in help (`FILE`); undefined for a switch. */
  readonly value?: string;
  /** One letter. */
  readonly alias?: string;
  readonly default?: boolean | number | string | readonly string[];
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** Values that shells complete, beside others that are allowed. */
  readonly suggestions?: readonly string[];
  /** The command that prints the values that shells complete, one on each line. */
  readonly completesWith?: string;
  /** May be given several times, each time with one value. */
  readonly isRepeatable?: boolean;
  /** Only for a positional argument: the command line is wrong without it. */
  readonly isRequired?: boolean;
}

/** Options by their name without dashes, or positional arguments by their name, in the order of the help. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec> = Spec extends { readonly isRepeatable: true }
  ? readonly string[]
  : Spec extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Spec extends { readonly type: "boolean" }
      ? boolean
      : Spec extends { readonly type: "number" }
        ? number
        : string;

type Present = { readonly default: unknown } | { readonly isRequired: true };

/** The parsed values of a table: a member is optional where neither a default nor a required argument provides it. */
export type ArgsOf<Table> = {
  readonly [Name in keyof Table as Table[Name] extends Present ? Name : never]: ValueOf<Table[Name]>;
} & {
  readonly [Name in keyof Table as Table[Name] extends Present ? never : Name]?: ValueOf<Table[Name]>;
};

/** Defines a switch: `--name`, and `--no-name` where it is on by default. */
export function flag(
  describe: string,
  byDefault = false,
): { readonly type: "boolean"; readonly describe: string; readonly default: boolean } {
  return { type: "boolean", describe, default: byDefault };
}

/** Defines an option with a text as its value. @param value its placeholder in help */
export function text(
  value: string,
  describe: string,
): { readonly type: "string"; readonly value: string; readonly describe: string } {
  return { type: "string", value, describe };
}

/** Defines an option with a number as its value. */
export function number<Default extends number | undefined>(
  describe: string,
  byDefault: Default,
): { readonly type: "number"; readonly value: string; readonly describe: string } & (Default extends number
  ? { readonly default: number }
  : unknown);
export function number(describe: string, byDefault?: number): OptionSpec {
  return { type: "number", value: "N", describe, ...(byDefault === undefined ? {} : { default: byDefault }) };
}

/** Defines an option that may be given several times, each time with one value. */
export function list(
  value: string,
  describe: string,
  byDefault: readonly string[] = [],
): {
  readonly type: "string";
  readonly value: string;
  readonly describe: string;
  readonly isRepeatable: true;
  readonly default: readonly string[];
} {
  return {
    type: "string",
    value,
    describe: `${describe}; repeatable`,
    isRepeatable: true,
    default: byDefault,
  };
}

/** Returns a table as yargs takes it. Choices stay ours: yargs doesn't suggest the closest one. */
export function toYargsOptions(table: OptionTable): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { type, alias, describe, default: byDefault, isRepeatable }]) => [
      name,
      {
        type,
        describe,
        requiresArg: type !== "boolean",
        ...(alias === undefined ? {} : { alias }),
        ...(byDefault === undefined ? {} : { default: byDefault }),
        ...(isRepeatable === true ? { array: true, nargs: 1 } : {}),
      },
    ]),
  );
}

/** Returns a positional argument as yargs takes it. */
export function toYargsPositional({
  type,
  describe,
  isRepeatable,
  default: byDefault,
}: OptionSpec): PositionalOptions {
  return {
    type,
    describe,
    array: isRepeatable === true,
    ...(byDefault === undefined ? {} : { default: byDefault }),
  };
}
