import type { Argv } from "yargs";
import yargs from "yargs";
import type { Command, CommandEntry } from "../command.js";
import type { CompletionEntry } from "../parse/completion.js";
import { bashCompletion, zshCompletion } from "../parse/completion.js";
import { optionsOf } from "../parse/option-info.js";
import { globalOptions } from "../parse/parser.js";
import { commands } from "../registry.js";

interface Args {
  readonly shell: "bash" | "zsh";
}

export const completion: Command<Args> = {
  usage: "Prints a script that completes commands and options in a shell.\n\nUsage: $0 completion SHELL",
  examples: [
    ["$0 completion bash >> ~/.bashrc", "for bash"],
    ["$0 completion zsh > ~/.zfunc/_chatform", "for zsh, with ~/.zfunc in $fpath"],
  ],
  options: (parser: Argv) =>
    parser.positional("shell", {
      type: "string",
      choices: ["bash", "zsh"],
      demandOption: true,
      describe: "Which shell",
    }),
  async run({ shell }, { stdout }) {
    const entries = await Promise.all(commands.map(completionEntry));
    stdout.write(shell === "bash" ? bashCompletion(entries) : zshCompletion(entries));
    return 0;
  },
};

async function completionEntry({ name, signature, summary, load }: CommandEntry): Promise<CompletionEntry> {
  const command = await load();
  const all = optionsOf(command.options(globalOptions(yargs([]))) as Argv);
  const positional = new Set([...signature.matchAll(/[<[]([\w-]+)/g)].map(([, word]) => word));
  return {
    name,
    summary,
    options: all.filter((option) => !positional.has(option.name)),
    words: command.words ?? all.find((option) => positional.has(option.name))?.choices ?? [],
  };
}
