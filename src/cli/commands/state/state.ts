import type { Argv } from "yargs";
import type { Command } from "../../command.js";
import type { ExitCode } from "../../context.js";
import type { FileArgs } from "../../parse/options.js";
import { durationOf, fileOptions, lockTimeoutOption, timeoutOption } from "../../parse/options.js";
import type { GlobalArgs } from "../../run.js";
import { openStateStore } from "../../session/session.js";
import type { StateDesk } from "./state-actions.js";
import { forget, list, move, pull, push, show, unlock } from "./state-actions.js";
import { readStateConfig } from "../../session/state-config.js";
import { UsageError } from "../../parse/usage-error.js";

const actions = ["list", "show", "mv", "forget", "pull", "push", "unlock"] as const;

interface OwnArgs {
  readonly action: (typeof actions)[number];
  readonly args?: readonly string[];
  readonly state?: string;
  readonly timeout: string;
  readonly "lock-timeout": string;
  readonly json: boolean;
  readonly force: boolean;
  readonly forgotten: boolean;
  readonly purge: boolean;
}

type Args = FileArgs & GlobalArgs & OwnArgs;

export const state: Command<Args> = {
  usage: [
    "Looks into the state, and repairs it. Nothing in Genesys Cloud is changed.",
    "",
    "Usage: $0 state list [ADDRESS...]   the addresses, with * and **",
    "       $0 state show ADDRESS        what was applied there",
    "       $0 state mv FROM TO          the same, under another address",
    "       $0 state forget ADDRESS...   drop it; jids of rooms are kept",
    "       $0 state pull                print the whole state",
    "       $0 state push FILE           put this in its place; - is stdin",
    "       $0 state unlock ID           break a lock whose owner is no more",
  ].join("\n"),
  examples: [
    ["$0 state list 'rooms/*'", "the rooms that chatform knows"],
    ["$0 state mv rooms/old rooms/new", "after a room was renamed in the files"],
    ["$0 state list --forgotten", "rooms that chatform knew, with their jids"],
    ["$0 state forget --purge rooms/old", "the next plan creates a new room there"],
    ["$0 state pull > backup.json", "keep a copy"],
  ],
  options: (yargs: Argv) =>
    fileOptions(yargs)
      .positional("action", { choices: actions, demandOption: true, describe: "What to do" })
      .positional("args", { type: "string", array: true, describe: "Addresses, a file, or a lock's ID" })
      .option("state", {
        type: "string",
        requiresArg: true,
        describe: "State file; default: as the files say",
      })
      .option("timeout", timeoutOption)
      .option("lock-timeout", lockTimeoutOption)
      .option("json", { type: "boolean", default: false, describe: "JSON instead of text, of list and show" })
      .option("forgotten", {
        type: "boolean",
        default: false,
        describe: "List the rooms that the state knew and dropped",
      })
      .option("purge", {
        type: "boolean",
        default: false,
        describe: "Forget for good: keep no jid, also of what was forgotten before",
      })
      .option("force", { type: "boolean", default: false, describe: "Push over a newer or unrelated state" }),
  async run(args, context): Promise<ExitCode> {
    const lockTimeoutMs = durationOf("--lock-timeout", args["lock-timeout"]);
    const action = actionOf(args.action, (args.args ?? []).map(String));
    const store = await openStateStore(args, await readStateConfig(args, context), context);
    const { json, force, forgotten, purge } = args;
    await action({ store, context, json, force, forgotten, purge, lockTimeoutMs });
    return 0;
  },
};

type Action = (desk: StateDesk) => Promise<void>;

function actionOf(name: OwnArgs["action"], args: readonly string[]): Action {
  const [first = "", second = ""] = args;
  const needs = (number: number, what: string): void => {
    if (args.length !== number) throw new UsageError(`chatform state ${name} takes ${what}.`);
  };
  switch (name) {
    case "list":
      return async (desk) => list(desk, args);
    case "show":
      needs(1, "one address");
      return async (desk) => show(desk, first);
    case "mv":
      needs(2, "two addresses: FROM and TO");
      return async (desk) => move(desk, first, second);
    case "forget":
      if (args.length === 0) throw new UsageError("chatform state forget takes one or more addresses.");
      return async (desk) => forget(desk, args);
    case "pull":
      needs(0, "no arguments");
      return pull;
    case "push":
      needs(1, "one file, or - for stdin");
      return async (desk) => push(desk, first);
    case "unlock":
      needs(1, "the ID that the message about the lock shows");
      return async (desk) => unlock(desk, first);
  }
}
