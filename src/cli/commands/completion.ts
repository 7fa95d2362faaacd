import type { Command, CommandEntry } from "../command.js";
import type { CompletionEntry } from "../parse/completion-scripts.js";
import { bashCompletion, fishCompletion, zshCompletion } from "../parse/completion-scripts.js";
import type { ArgsOf } from "../parse/option-table.js";
import { globalOptions } from "../parse/options.js";

const positionals = {
  shell: { type: "string", choices: ["bash", "zsh", "fish"], isRequired: true, describe: "The shell" },
} as const;

/** Returns the command that prints completion scripts for a list of commands. */
export function completion(commands: readonly CommandEntry[]): Command<ArgsOf<typeof positionals>> {
  return {
    description: "Prints a script that completes commands and options in a shell.",
    examples: [
      ["completion bash >> ~/.bashrc", "for bash"],
      ["completion zsh > ~/.zfunc/_chatform", "for zsh, with ~/.zfunc in $fpath"],
      ["completion fish > ~/.config/fish/completions/chatform.fish", "for fish"],
    ],
    positionals,
    options: {},
    async run({ shell }, { stdout }) {
      const entries = await Promise.all(commands.map(completionEntry));
      const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
      stdout.write(scripts[shell](entries));
      return 0;
    },
  };
}

async function completionEntry({ name, summary, load }: CommandEntry): Promise<CompletionEntry> {
  const { positionals: own = {}, options } = await load();
  const [first] = Object.values(own);
  const words = first?.choices ?? first?.suggestions ?? [];
  const wordsFrom = Object.values(own).find(
    ({ completesWith }) => completesWith !== undefined,
  )?.completesWith;
  return { name, summary, options: { ...options, ...globalOptions }, words, wordsFrom };
}
