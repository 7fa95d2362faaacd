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
    '  local current="${COMP_WORDS[COMP_CWORD]}" command="" options="" words="" word',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    `    case "$word" in ${names.join("|")}) command="$word"; break ;; esac`,
    "  done",
    '  case "$command" in',
    `    "") words="${[...names, "help"].join(" ")}"; options="--help --version" ;;`,
    ...entries.map(
      ({ name, options, words }) =>
        `    ${name}) words="${words.join(" ")}"; options="${options.flatMap(flagsOf).join(" ")}" ;;`,
    ),
    "  esac",
    '  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))',
    '  else COMPREPLY=($(compgen -W "$words" -- "$current")); fi',
    "}",
    "complete -o default -F _chatform chatform",
    "",
  ].join("\n");
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
    "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
    '  case "$words[2]" in',
    ...entries.flatMap(({ name, options, words }) => [
      `    ${name})`,
      "      _arguments \\",
      ...options.flatMap(zshSpecs).map((spec) => `        ${spec} \\`),
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

function flagsOf({ name, type, byDefault }: OptionInfo): readonly string[] {
  return type === "boolean" && byDefault === "true" ? [`--no-${name}`] : [`--${name}`];
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
