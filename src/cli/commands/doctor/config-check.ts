import type { Loaded } from "../../../config/load.js";
import { defaultConfigFile } from "../../../core/default-files.js";
import type { Check } from "../../../core/doctor/check.js";
import { failed, passed, warned } from "../../../core/doctor/check.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import { count } from "../../../views/text/terminal.js";
import type { FileArgs } from "../../parse/options.js";
import { isValid, summarizeValid } from "../validate/validate-reports.js";

/** Returns the check of the config. Values of the config are not shown: they may be texts of a chat. */
export function checkConfig(loaded: Loaded, { file }: FileArgs): Check {
  const { diagnostics, environment } = loaded;
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === "error");
  if (isValid(loaded) || first === undefined) {
    const chosen = environment === undefined ? "" : `, for the environment ${environment.name}`;
    return passed("config", `${summarizeValid(loaded)}${chosen}.`);
  }
  if (isMissing(diagnostics, file))
    return warned("config", "no-config", {
      text: "There is no chatform.yaml in this folder: permissions are not checked.",
      help: "Run the command in the folder of the config, or name the config: -f FILE. To write one: chatform init",
    });
  const { code, summary, range } = first;
  const place = range === undefined ? "" : `${range.file}:${range.start.line}:${range.start.column}: `;
  const more = others.length === 0 ? "" : `, and ${count(others.length, "more error")}`;
  return failed("config", code === "no-environment" ? code : "config-invalid", {
    text: `${place}${summary} (${code})${more}.`,
    help: code === "no-environment" ? (first.help ?? "") : "To see every error: chatform validate",
  });
}

/** Returns whether the default config does not exist, and none was named. */
function isMissing(diagnostics: readonly Diagnostic[], file: readonly string[]): boolean {
  return file.join() === defaultConfigFile && diagnostics.every(({ code }) => code === "file-not-found");
}
