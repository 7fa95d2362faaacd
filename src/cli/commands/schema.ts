import { readFile } from "node:fs/promises";
import type { Command } from "../command.js";
import { packageFile } from "../package-file.js";
import type { ArgsOf } from "../parse/option-table.js";

const positionals = {
  name: {
    type: "string",
    choices: ["desired-state", "plan", "state"],
    default: "desired-state",
    describe: "The schema",
  },
} as const;

export const schema: Command<ArgsOf<typeof positionals>> = {
  description: "Prints a JSON Schema: of config files, of a plan, or of the state.",
  examples: [["schema > chatform.schema.json", "for an editor"]],
  positionals,
  options: {},
  async run({ name }, { stdout }) {
    stdout.write(await readFile(packageFile(`schemas/${name}.schema.json`), "utf8"));
    return 0;
  },
};
