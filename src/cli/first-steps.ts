import { resolve } from "node:path";
import { fileExists } from "../core/file-exists.js";
import { VERSION } from "../core/version.js";
import type { Context } from "./context.js";
import { commands } from "./registry.js";

/** What `chatform` alone says: what to do next, here. */
export async function firstSteps({ cwd }: Context): Promise<string> {
  const steps = (await fileExists(resolve(cwd, "chatform.yaml"))) ? withFile : withoutFile;
  const known = steps.filter(([line]) => commands.some(({ name }) => name === line.split(" ")[0]));
  const width = Math.max(...known.map(([line]) => line.length));
  const lines = known.map(([line, what]) => `  chatform ${line.padEnd(width)}   ${what}`);
  return [
    `chatform ${VERSION} - Terraform for Genesys Cloud's internal chat`,
    "",
    steps === withFile ? "There is a chatform.yaml here. Next:" : "To begin:",
    ...lines,
    "",
    "chatform --help lists all commands.",
    "",
  ].join("\n");
}

const withoutFile = [
  ["init", "write a chatform.yaml to start from"],
  ["export --settings", "or write one from what is live"],
  ["emulate", "a local Genesys Cloud chat API to try things on"],
] as const;

const withFile = [
  ["validate", "check it; nothing is contacted"],
  ["plan", "show what would be changed, and the calls for it"],
  ["apply", "make the changes"],
] as const;
