import { resolve } from "node:path";
import { fileExists } from "../core/file-exists.js";
import { VERSION } from "../core/version.js";
import type { CommandLine } from "./command.js";
import type { Context } from "./context.js";

/** Returns the output of `chatform` alone: the commands to begin with in the current folder. */
export async function gettingStarted({ cwd }: Context): Promise<string> {
  const hasConfig = await fileExists(resolve(cwd, "chatform.yaml"));
  const steps = hasConfig ? withConfig : withoutConfig;
  const width = Math.max(...steps.map(([line]) => line.length));
  return [
    `chatform ${VERSION} - Terraform for Genesys Cloud's internal chat`,
    "",
    hasConfig ? "This folder has a chatform.yaml. Next:" : "To begin:",
    ...steps.map(([line, purpose]) => `  chatform ${line.padEnd(width)}   ${purpose}`),
    "",
    "chatform --help lists all commands.",
    "",
  ].join("\n");
}

const withoutConfig: readonly CommandLine[] = [
  ["init", "write example config files to start from"],
  ["export --settings", "or write one from the live settings"],
  ["emulate", "run a local chat API to try things on"],
];

const withConfig: readonly CommandLine[] = [
  ["validate", "check the config, without a connection"],
  ["plan", "show the changes and the API calls for them"],
  ["apply", "make the changes"],
];
