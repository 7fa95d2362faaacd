import type { CommandEntry } from "./command.js";

/** Every command, in the order in which people need them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "validate",
    signature: "validate",
    summary: "Check the files; nothing is contacted",
    load: async () => (await import("./commands/validate.js")).validate,
  },
  {
    name: "plan",
    signature: "plan",
    summary: "Show what would be changed, and the calls for it",
    load: async () => (await import("./commands/plan.js")).plan,
  },
  {
    name: "apply",
    signature: "apply [plan]",
    summary: "Make the changes, or exactly those of a saved plan",
    load: async () => (await import("./commands/apply.js")).apply,
  },
  {
    name: "emulate",
    signature: "emulate",
    summary: "Run a local Genesys Cloud chat API to try things on",
    load: async () => (await import("./commands/emulate.js")).emulateCommand,
  },
];
