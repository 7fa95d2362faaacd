import { defaultConfigFile } from "../../core/default-files.js";
import { shellWord } from "../../core/shell-word.js";

/** The options of a command line by which commands find their config, environment, state and org. */
export interface RepeatedArgs {
  readonly file?: readonly string[];
  readonly var?: readonly string[];
  readonly "var-file"?: readonly string[];
  readonly env?: string;
  readonly state?: string;
  readonly profile?: string;
}

const withoutState = new Set(["validate"]);
const withoutProfile = new Set(["validate", "state"]);
const command =
  /\bchatform ((?:apply|destroy|doctor|drift|export|fix|import|plan|repair|show|validate|state (?:forget|list|mv|pull|push|show|unlock))\b(?!\.\w))((?:(?!\.\s|\.$|(?<![\w./-])chatform ).)*)/g;

/**
 * Returns a text whose commands have the options that this run was given to find its config, environment, state and org: without
 * them, the command would find others. The values of --var are left out, as they may be secrets.
 */
export function repeatOptions(text: string, args: RepeatedArgs): string {
  return text.replaceAll(command, (match: string, name: string, rest: string) => {
    // The file names the whole state.
    if (name.startsWith("state ") && rest.includes(" --state ")) return match;
    const own = optionsFor(name.split(" ")[0] ?? name, args).filter(
      ([option]) => !new RegExp(`(?:^|\\s)${option}(?:\\s|=|$)`).test(rest),
    );
    return `chatform ${[name, ...own.map((words) => words.join(" "))].join(" ")}${rest}`;
  });
}

function optionsFor(name: string, args: RepeatedArgs): readonly (readonly [option: string, value: string])[] {
  const { file = [], env, state, profile } = args;
  const files = file.join() === defaultConfigFile ? [] : file;
  const all = [
    ...files.map((one) => ["-f", one] as const),
    ...(args["var-file"] ?? []).map((one) => ["--var-file", one] as const),
    ...(args.var ?? []).map((one) => ["--var", `${one.replace(/=.*$/s, "")}=VALUE`] as const),
    ...(env === undefined ? [] : [["--env", env] as const]),
    ...(state === undefined || withoutState.has(name) ? [] : [["--state", state] as const]),
    ...(profile === undefined || withoutProfile.has(name) ? [] : [["--profile", profile] as const]),
  ];
  return all.map(([option, value]) => [option, shellWord(value)]);
}
