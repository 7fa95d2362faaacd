import type { CommandEntry } from "./command.js";

/** All commands, in the order of the help. */
export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    signature: "init",
    summary: "Write example config files, and a workflow for CI",
    load: async () => (await import("./commands/init/init.js")).init,
  },
  {
    name: "validate",
    signature: "validate",
    summary: "Check the config, without a connection",
    load: async () => (await import("./commands/validate/validate.js")).validate,
  },
  {
    name: "plan",
    signature: "plan",
    summary: "Show the changes and the API calls for them",
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
    summary: "Audit: show changes made outside chatform",
    load: async () => (await import("./commands/drift/drift.js")).drift,
  },
  {
    name: "repair",
    signature: "repair",
    summary: "Put back what was changed outside, and follow the members of sources",
    load: async () => (await import("./commands/repair/repair.js")).repair,
  },
  {
    name: "fix",
    signature: "fix",
    summary: "Remove departed users from the config files",
    load: async () => (await import("./commands/fix/fix.js")).fix,
  },
  {
    name: "destroy",
    signature: "destroy",
    summary: "Apply an empty config: restore settings, empty or keep rooms",
    load: async () => (await import("./commands/apply/destroy.js")).destroy,
  },
  {
    name: "doctor",
    signature: "doctor",
    summary: "Check connection, credentials, permissions and state",
    load: async () => (await import("./commands/doctor/doctor.js")).doctor,
  },
  {
    name: "import",
    signature: "import <address> <id>",
    summary: "Record an existing room or message under an address",
    load: async () => (await import("./commands/import.js")).importCommand,
  },
  {
    name: "export",
    signature: "export",
    summary: "Write the live values as a config file",
    load: async () => (await import("./commands/export/export.js")).exportCommand,
  },
  {
    name: "show",
    signature: "show <what>",
    summary: "Show a live room or user, or a saved plan",
    load: async () => (await import("./commands/show.js")).show,
  },
  {
    name: "api",
    signature: "api [operation]",
    summary: "Make one API call",
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
    summary: "Inspect and repair the state",
    load: async () => (await import("./commands/state/state.js")).state,
  },
  {
    name: "completion",
    signature: "completion <shell>",
    summary: "Print a completion script for a shell",
    load: async () => (await import("./commands/completion.js")).completion(commands),
  },
];
