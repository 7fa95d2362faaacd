import type { Command } from "../../command.js";
import type { ApplyArgs } from "./apply.js";
import { applyFresh, applyOptions } from "./apply.js";

export const destroy: Command<ApplyArgs> = {
  description:
    "Plans, asks and applies as if the config declared nothing: everything is dropped from the state.\nSettings get back the values they had before chatform first changed them, own settings (me) the defaults of Genesys Cloud; rooms are kept or emptied, as their onRemove says.",
  examples: [
    ["destroy", "plan, ask, destroy"],
    ["destroy --target 'rooms/old-*'", "only some resources"],
  ],
  options: applyOptions,
  printsEvents: true,
  run: async (args, context) => applyFresh(args, context, true),
};
