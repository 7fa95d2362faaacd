import type { Argv } from "yargs";
import type { Command } from "../../command.js";
import { fileOptions, planOptions, sessionOptions } from "../../parse/options.js";
import type { ApplyArgs } from "./apply.js";
import { applyFresh, applyOptions } from "./apply.js";

export const destroy: Command<ApplyArgs> = {
  usage:
    "Lets go of everything that chatform applied, as if the files declared nothing.\nSettings get back the values they had before chatform first changed them; rooms are kept\nor emptied, as their onRemove says.\n\nUsage: $0 destroy [options]",
  examples: [
    ["$0 destroy", "plan it, ask, do it"],
    ["$0 destroy --target 'rooms/old-*'", "only some"],
  ],
  options: (yargs: Argv) => applyOptions(planOptions(sessionOptions(fileOptions(yargs)))),
  run: async (args, context) => applyFresh(args, context, true),
};
