import type { Command, CommandEntry } from "../command.js";
import type { CompletionEntry } from "../parse/completion-scripts.js";
import { bashCompletion, zshCompletion } from "../parse/completion-scripts.js";
import type { ArgsOf } from "../parse/option-table.js";
import { globalOptions } from "../parse/options.js";

const positionals = {
  shell: { type: "string", choices: ["bash", "zsh"], isRequired: true, describe: "The shell" },
} as const;

/** Returns the command that prints completion scripts for a list of commands. */
export function completion(commands: readonly CommandEntry[]): Command<ArgsOf<typeof positionals>> {
  return {
    description: "Prints a script that completes commands and options in a shell.",
    examples: [
      ["completion bash >> ~/.bashrc", "for bash"],
      ["completion zsh > ~/.zfunc/_chatform", "for zsh, with ~/.zfunc in $fpath"],
    ],
    positionals,
    options: {},
    async run({ shell }, { stdout }) {
      const entries = await Promise.all(commands.map(completionEntry));
      stdout.write(shell === "bash" ? bashCompletion(entries) : zshCompletion(entries));
      return 0;
    },
  };
}

async function completionEntry({ name, summary, load }: CommandEntry): Promise<CompletionEntry> {
  const { positionals: own = {}, options } = await load();
  const [first] = Object.values(own);
  const words = first?.choices ?? first?.suggestions ?? [];
  return { name, summary, options: { ...options, ...globalOptions }, words };
}
