import type { CommandEntry } from "./command.js";

/** Every command, in the order in which people need them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    signature: "init",
    summary: "Write a chatform.yaml to start from, and a workflow for CI",
    load: async () => (await import("./commands/init/init.js")).init,
  },
  {
    name: "validate",
    signature: "validate",
    summary: "Check the files; nothing is contacted",
    load: async () => (await import("./commands/validate/validate.js")).validate,
  },
  {
    name: "plan",
    signature: "plan",
    summary: "Show what would be changed, and the calls for it",
    load: async () => (await import("./commands/plan/plan.js")).plan,
  },
  {
    name: "apply",
    signature: "apply [plan]",
    summary: "Make the changes, or exactly those of a saved plan",
    load: async () => (await import("./commands/apply/apply.js")).apply,
  },
  {
    name: "drift",
    signature: "drift",
    summary: "Audit: show what was changed outside chatform",
    load: async () => (await import("./commands/drift/drift.js")).drift,
  },
  {
    name: "destroy",
    signature: "destroy",
    summary: "Let go of everything that was applied",
    load: async () => (await import("./commands/apply/destroy.js")).destroy,
  },
  {
    name: "import",
    signature: "import <address> <id>",
    summary: "Record a room or message that exists under an address",
    load: async () => (await import("./commands/import.js")).importCommand,
  },
  {
    name: "export",
    signature: "export",
    summary: "Write what is live as a desired-state file",
    load: async () => (await import("./commands/export/export.js")).exportCommand,
  },
  {
    name: "show",
    signature: "show <what>",
    summary: "Show a room or user as it is live, or a saved plan",
    load: async () => (await import("./commands/show.js")).show,
  },
  {
    name: "api",
    signature: "api [operation]",
    summary: "Make one call of the API",
    load: async () => (await import("./commands/api/api.js")).api,
  },
  {
    name: "schema",
    signature: "schema [name]",
    summary: "Print a JSON Schema",
    load: async () => (await import("./commands/schema.js")).schema,
  },
  {
    name: "emulate",
    signature: "emulate",
    summary: "Run a local Genesys Cloud chat API to try things on",
    load: async () => (await import("./commands/emulate.js")).emulateCommand,
  },
  {
    name: "state",
    signature: "state <action> [args..]",
    summary: "Look into the state, and repair it",
    load: async () => (await import("./commands/state/state.js")).state,
  },
  {
    name: "completion",
    signature: "completion <shell>",
    summary: "Print a script for a shell that completes commands",
    load: async () => (await import("./commands/completion.js")).completion,
  },
];
