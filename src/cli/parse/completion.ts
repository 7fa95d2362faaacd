import type { OptionInfo } from "./option-info.js";

/** A command as a shell completes it. */
export interface CompletionEntry {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionInfo[];
  /** Values of its first positional argument, if they are few. */
  readonly words: readonly string[];
}

/** A script for bash. It holds everything: pressing Tab does not start chatform. */
export function bashCompletion(entries: readonly CompletionEntry[]): string {
  const names = entries.map(({ name }) => name);
  return [
    "# chatform for bash: source this, or put it in /etc/bash_completion.d/chatform",
    "_chatform() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local command="" options="" words="" word',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case "$word" in ${names.join("|")}) command="$word"; break ;; esac`,
    "  done",
    '  case "$command" in',
    `    "") words="${[...names, "help"].join(" ")}"; options="--help --version" ;;`,
    ...entries.map(
      ({ name, options, words }) =>
        `    ${name}) words="${words.join(" ")}"; options="${[...options.flatMap(flagsOf), "--help"].join(" ")}" ;;`,
    ),
    "  esac",
    '  case "$command $before" in',
    ...entries.flatMap(({ name, options }) =>
      options.flatMap((option) =>
        option.type === "boolean"
          ? []
          : [`    ${patterns(name, option)}) words="${option.choices.join(" ")}" ;;`],
      ),
    ),
    "  esac",
    '  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))',
    '  else COMPREPLY=($(compgen -W "$words" -- "$current")); fi',
    "}",
    "complete -o default -F _chatform chatform",
    "",
  ].join("\n");
}

/** How an option that takes a value may be written behind a command. */
function patterns(command: string, { name, aliases }: OptionInfo): string {
  return [`--${name}`, ...aliases.map((alias) => `-${alias}`)]
    .map((flag) => `"${command} ${flag}"`)
    .join("|");
}

/** A script for zsh, with what each command and option is for. */
export function zshCompletion(entries: readonly CompletionEntry[]): string {
  return [
    "#compdef chatform",
    "# chatform for zsh: put this in a folder of $fpath as _chatform",
    "_chatform() {",
    "  local -a commands",
    "  commands=(",
    ...entries.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`),
    "  )",
    "  if (( CURRENT == 2 )); then _describe command commands; _arguments --help --version; return; fi",
    '  case "$words[2]" in',
    ...entries.flatMap(({ name, options, words }) => [
      `    ${name})`,
      "      _arguments \\",
      ...[...options.flatMap(zshSpecs), quoted("--help[Show what it takes]")].map(
        (spec) => `        ${spec} \\`,
      ),
      words.length > 0
        ? `        '2:value:(${words.join(" ")})' '*:file:_files' ;;`
        : "        '*:file:_files' ;;",
    ]),
    "  esac",
    "}",
    // Loaded from $fpath, the file is the function; sourced, it registers itself.
    'if [[ "$funcstack[1]" == "_chatform" ]]; then _chatform "$@"; else compdef _chatform chatform; fi',
    "",
  ].join("\n");
}

function flagsOf({ name, aliases, type, byDefault }: OptionInfo): readonly string[] {
  const short = aliases.filter((alias) => alias.length === 1).map((alias) => `-${alias}`);
  if (type !== "boolean" || byDefault === "false") return [`--${name}`, ...short];
  return byDefault === "true" ? [`--no-${name}`] : [`--${name}`, `--no-${name}`];
}

function zshSpecs(option: OptionInfo): readonly string[] {
  const { type, describe, choices } = option;
  const what = describe.replaceAll(/[[\]:]/g, "\\$&");
  const value =
    choices.length > 0 ? `:value:(${choices.join(" ")})` : type === "boolean" ? "" : ":value:_files";
  const repeatable = type === "array" ? "*" : "";
  return flagsOf(option).map((flag) => quoted(`${repeatable}${flag}[${what}]${value}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
