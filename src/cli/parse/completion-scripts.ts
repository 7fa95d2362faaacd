import type { OptionSpec, OptionTable } from "./option-table.js";

/** A command as a shell completes it. */
export interface CompletionEntry {
  readonly name: string;
  readonly summary: string;
  readonly options: OptionTable;
  /** Values of its positional arguments. */
  readonly words: readonly string[];
  /** The command that prints more values of its positional arguments. */
  readonly wordsFrom?: string | undefined;
}

/**
 * Returns a script for bash. Only for names and addresses does pressing Tab start chatform. They come from files that others write, so
 * they are compared and quoted, but never expanded, as `compgen -W` would.
 */
export function bashCompletion(entries: readonly CompletionEntry[]): string {
  const names = entries.map(({ name }) => name);
  return [
    "# chatform for bash: source this, or put it in /etc/bash_completion.d/chatform",
    "_chatform() {",
    '  local at=$COMP_CWORD current="${COMP_WORDS[COMP_CWORD]}" head="" quote="" shown',
    "  # Bash takes an e-mail for several words, and replaces it from the @ on.",
    '  if [[ "$COMP_WORDBREAKS" == *@* ]]; then',
    '    while ((at > 1)) && [[ "${COMP_WORDS[at]}" == @* || "${COMP_WORDS[at-1]}" == @ ]]; do',
    '      at=$((at - 1)); current="${COMP_WORDS[at]}$current"',
    "    done",
    '    if ((at < COMP_CWORD)); then head="${current%@*}"; fi',
    "  fi",
    '  local before="${COMP_WORDS[at-1]}" command="" options="" words="" word',
    "  # Bash takes --option=value for three words.",
    '  if [[ "$current" == "=" ]]; then current=""',
    '  elif [[ "$before" == "=" ]] && ((at > 2)); then before="${COMP_WORDS[at-2]}"; fi',
    '  for word in "${COMP_WORDS[@]:1:at-1}"; do',
    `    case "$word" in ${names.join("|")}) command="$word"; break ;; esac`,
    "  done",
    '  case "$command" in',
    `    "") words="${lines([...names, "help"])}"; options="--help --version" ;;`,
    ...entries.map(({ name, options, words, wordsFrom }) => {
      const flags = [...Object.entries(options).flatMap(toFlags), "--help"].join(" ");
      return `    ${name}) words="${lines(words, wordsFrom)}"; options="${flags}" ;;`;
    }),
    "  esac",
    '  case "$command $before" in',
    ...entries.flatMap(({ name, options }) =>
      Object.entries(options).flatMap(([option, { type, alias, choices = [], completesWith }]) =>
        type === "boolean"
          ? []
          : [`    ${patterns(name, option, alias)}) words="${lines(choices, completesWith)}" ;;`],
      ),
    ),
    "  esac",
    "  COMPREPLY=()",
    '  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current")); return; fi',
    `  case "$current" in [\\"\\']*) quote="\${current:0:1}"; current="\${current:1}"; head="\${head#?}" ;; esac`,
    "  while IFS= read -r word; do",
    '    case "$quote" in',
    `      "'") shown="\${word//\\'/\\'\\\\\\'\\'}" ;;`,
    '      \'"\') shown="$(sed \'s/[\\\\"$`]/\\\\&/g\' <<<"$word")" ;;',
    '      *) printf -v shown %q "$word" ;;',
    "    esac",
    '    if [[ -n "$word" && ("$word" == "$current"* || "$shown" == "$current"*) ]]; then',
    '      COMPREPLY+=("${shown#"$head"}")',
    "    fi",
    '  done <<<"$words"',
    "}",
    "complete -o default -F _chatform chatform",
    "",
  ].join("\n");
}

/** Returns a command substitution of words, a line each, and of the lines of a command. */
function lines(words: readonly string[], command?: string): string {
  const commands = [
    ...(words.length === 0 ? [] : [`printf '%s\\n' ${words.join(" ")}`]),
    ...(command === undefined ? [] : [`${command} 2>/dev/null`]),
  ];
  return commands.length === 0 ? "" : `$(${commands.join("; ")})`;
}

/** Returns the patterns of a shell's `case` for an option after a command, under its name and its letter. */
function patterns(command: string, option: string, alias: string | undefined): string {
  const letter = alias === undefined ? "" : `|"${command} -${alias}"`;
  return `"${command} --${option}"${letter}`;
}

/** Returns a script for zsh, with the purpose of each command and option. */
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
    ...entries.flatMap(({ name, options, words, wordsFrom }) => [
      `    ${name})`,
      "      _arguments \\",
      ...[...Object.entries(options).flatMap(zshSpecs), quoted("--help[Show the help]")].map(
        (spec) => `        ${spec} \\`,
      ),
      ...(words.length > 0 ? [`        '2:value:(${words.join(" ")})' \\`] : []),
      wordsFrom === undefined
        ? "        '*:file:_files' ;;"
        : `        '*:address:{compadd -- ${zshLines(wordsFrom)}; _files}' ;;`,
    ]),
    "  esac",
    "}",
    // Loaded from $fpath, the file is the function; sourced, it registers itself.
    'if [[ "$funcstack[1]" == "_chatform" ]]; then _chatform "$@"; else compdef _chatform chatform; fi',
    "",
  ].join("\n");
}

/** Returns the lines of a command, each as one word. */
function zshLines(command: string): string {
  return `\${(f)"$(${command} 2>/dev/null)"}`;
}

type NamedOption = readonly [name: string, spec: OptionSpec];

function toFlags([name, { alias, type, default: byDefault }]: NamedOption): readonly string[] {
  const letter = alias === undefined ? [] : [`-${alias}`];
  if (type !== "boolean" || byDefault === false) return [`--${name}`, ...letter];
  return byDefault === true ? [`--no-${name}`] : [`--${name}`, `--no-${name}`];
}

function zshSpecs(option: NamedOption): readonly string[] {
  const [, { type, describe, choices, completesWith, isRepeatable }] = option;
  const purpose = describe.replaceAll(/[[\]:]/g, "\\$&");
  const words = choices === undefined ? "_files" : `(${choices.join(" ")})`;
  const values = completesWith === undefined ? words : `{compadd -- ${zshLines(completesWith)}}`;
  const value = type === "boolean" ? "" : `:value:${values}`;
  return toFlags(option).map((flag) => {
    // The value may be the next word, or stand behind an equals sign.
    const equals = type !== "boolean" && flag.startsWith("--") ? "=" : "";
    return quoted(`${isRepeatable === true ? "*" : ""}${flag}${equals}[${purpose}]${value}`);
  });
}

/** Returns a script for fish, with the purpose of each command and option. */
export function fishCompletion(entries: readonly CompletionEntry[]): string {
  const lines = entries.flatMap(({ name, summary, options, words, wordsFrom }) => [
    `complete -c chatform -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
    ...(words.length === 0
      ? []
      : [`complete -c chatform -n '__fish_seen_subcommand_from ${name}' -a ${fishQuoted(words.join(" "))}`]),
    ...(wordsFrom === undefined
      ? []
      : [`complete -c chatform -n '__fish_seen_subcommand_from ${name}' -a '(${wordsFrom} 2>/dev/null)'`]),
    ...Object.entries(options).flatMap((option) => fishOptions(name, option)),
  ]);
  return [
    "# chatform for fish: put this in ~/.config/fish/completions/chatform.fish",
    ...lines,
    "complete -c chatform -l help -d 'Show the help'",
    "",
  ].join("\n");
}

function fishOptions(command: string, option: NamedOption): readonly string[] {
  const [, { type, alias, describe, choices, completesWith }] = option;
  const values = completesWith === undefined ? choices?.join(" ") : `(${completesWith} 2>/dev/null)`;
  const value = type === "boolean" ? "" : values === undefined ? " -r" : ` -x -a ${fishQuoted(values)}`;
  const letter = alias === undefined ? "" : ` -s ${alias}`;
  return toFlags(option)
    .filter((flag) => flag.startsWith("--"))
    .map(
      (flag) =>
        `complete -c chatform -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)}${letter} -d ${fishQuoted(describe)}${value}`,
    );
}

/** Fish has two escapes within single quotes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
