import type { Argv } from "yargs";

/** An option of a command, as yargs knows it. */
export interface OptionInfo {
  /** Without dashes: `var-file`. */
  readonly name: string;
  /** Other names: `f`. */
  readonly aliases: readonly string[];
  readonly type: "boolean" | "number" | "string" | "array";
  readonly describe: string;
  /** Its only values, if they are few. */
  readonly choices: readonly string[];
  /** Its value where it isn't given, as text; undefined: none. */
  readonly byDefault?: string;
}

/** What yargs tells of its options; its types leave it out. */
interface Introspection {
  getOptions(): {
    readonly key: Readonly<Record<string, unknown>>;
    readonly alias: Readonly<Record<string, readonly string[]>>;
    readonly array: readonly string[];
    readonly boolean: readonly string[];
    readonly number: readonly string[];
    readonly choices: Readonly<Record<string, readonly unknown[]>>;
    readonly default: Readonly<Record<string, unknown>>;
  };
  getInternalMethods(): {
    getUsageInstance(): { getDescriptions(): Readonly<Record<string, string | undefined>> };
  };
}

/** The options that a parser takes, positional arguments too, in the order in which they were added. */
export function optionsOf(parser: Argv): readonly OptionInfo[] {
  const yargs = parser as unknown as Introspection;
  const { key, alias, array, boolean, number, choices, default: defaults } = yargs.getOptions();
  const descriptions = yargs.getInternalMethods().getUsageInstance().getDescriptions();
  const others = new Set(Object.values(alias).flat());
  return Object.keys(key)
    .filter((name) => !others.has(name) || name.length > 1)
    .map((name) => ({
      name,
      aliases: alias[name] ?? [],
      type: array.includes(name)
        ? "array"
        : boolean.includes(name)
          ? "boolean"
          : number.includes(name)
            ? "number"
            : "string",
      describe: descriptions[name]?.replace("__yargsString__:", "") ?? "",
      choices: (choices[name] ?? []).map(String),
      ...defaultOf(defaults[name]),
    }));
}

function defaultOf(value: unknown): { readonly byDefault?: string } {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = values.flatMap((one) =>
    typeof one === "string" || typeof one === "number" || typeof one === "boolean" ? [String(one)] : [],
  );
  return texts.length === 0 ? {} : { byDefault: texts.join(", ") };
}

/** What an option takes, where its name does not say. */
const valueNames = new Map(
  Object.entries({
    "NAME=VALUE": ["var", "param", "query", "variant"],
    "FORMAT=FILE": ["report"],
    "HOST:PORT": ["listen"],
    ADDRESS: ["target", "exclude", "ignore"],
    DURATION: ["timeout", "max-wait", "patience", "lock-timeout", "every"],
    FILE: ["state", "out", "seed", "faults", "dump"],
    FOLDER: ["split"],
    JID: ["room"],
    JSON: ["body"],
    SHA: ["checksum"],
    SYSTEM: ["ci"],
    NAME: ["allow-host"],
    WHOM: ["notify"],
  }).flatMap(([value, names]) => names.map((name) => [name, value] as const)),
);

/** A word for the value of an option: `--var NAME=VALUE`. */
export function valueName(option: string): string {
  return valueNames.get(option) ?? (option.split("-").at(-1) ?? option).toUpperCase();
}
