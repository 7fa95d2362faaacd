import { readFile } from "node:fs/promises";
import type { Argv } from "yargs";
import type { Command } from "../command.js";
import { packageFile } from "../package-file.js";

interface Args {
  readonly name: "desired-state" | "plan" | "state";
}

export const schema: Command<Args> = {
  usage: "Prints a JSON Schema: of the files, of a plan, or of the state.\n\nUsage: $0 schema [NAME]",
  examples: [["$0 schema > chatform.schema.json", "for an editor"]],
  options: (yargs: Argv) =>
    yargs.positional("name", {
      type: "string",
      choices: ["desired-state", "plan", "state"],
      default: "desired-state",
      describe: "Which one",
    }),
  async run({ name }, { stdout }) {
    stdout.write(await readFile(packageFile(`schemas/${name}.schema.json`), "utf8"));
    return 0;
  },
};
