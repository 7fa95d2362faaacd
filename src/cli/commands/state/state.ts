import type { Command } from "../../command.js";
import type { ExitCode } from "../../context.js";
import type { GlobalArgs } from "../../parse/options.js";
import { fileOptions, stateActions, stateOptions } from "../../parse/options.js";
import type { ArgsOf } from "../../parse/option-table.js";
import { flag } from "../../parse/option-table.js";
import { parseDuration } from "../../parse/values.js";
import { openStateStore } from "../../session/session.js";
import type { StateActionContext } from "./state-actions.js";
import {
  decrypt,
  encrypt,
  forget,
  list,
  move,
  pull,
  push,
  show,
  showBehavior,
  unlock,
} from "./state-actions.js";
import { decryptingCipher } from "../../../state/encryption/cipher.js";
import { readStateConfig } from "../../session/state-config.js";
import { UsageError } from "../../parse/usage-error.js";

const positionals = {
  action: { type: "string", choices: stateActions, isRequired: true, describe: "The action" },
  args: {
    type: "string",
    isRepeatable: true,
    describe: "Addresses, a file, or a lock's ID",
    completesWith: "chatform state list",
  },
} as const;

const options = {
  ...fileOptions,
  ...stateOptions,
  json: flag("Print JSON"),
  forgotten: flag("List the forgotten rooms"),
  behavior: flag("With show: the observed behavior of the service"),
  purge: flag("Also drop the jids that forget keeps"),
  force: flag("Push over a newer or unrelated state"),
};

type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs;

export const state: Command<Args> = {
  description: "Inspects and repairs the state. Nothing in Genesys Cloud is changed.",
  forms: [
    ["state list [ADDRESS...]", "list addresses; * and ** match any"],
    ["state show ADDRESS", "show the record at an address"],
    ["state show --behavior", "show the observed behavior"],
    ["state mv FROM TO", "move a record to another address"],
    ["state forget ADDRESS...", "drop records; jids of rooms are kept"],
    ["state pull", "print the whole state"],
    ["state push FILE", "replace the state; - is stdin"],
    ["state unlock ID", "break a lock whose holder is gone"],
    ["state encrypt", "encrypt now, with the passphrase"],
    ["state decrypt", "end the encryption"],
  ],
  examples: [
    ["state list 'rooms/*'", "the rooms in the state"],
    ["state mv rooms/old rooms/new", "after renaming a room in the config"],
    ["state list --forgotten", "forgotten rooms, with their jids"],
    ["state forget --purge rooms/old", "the next plan creates a new room there"],
    ["state pull > backup.json", "keep a copy"],
  ],
  positionals,
  options,
  async run(args, context): Promise<ExitCode> {
    const lockTimeoutMs = parseDuration("--lock-timeout", args["lock-timeout"]);
    const action = toAction(args, (args.args ?? []).map(String));
    const declared = (await readStateConfig(args, context)).state;
    const store = await openStateStore(args, declared, context, {
      ...(args.action === "decrypt" ? { cipher: decryptingCipher(context.env) } : {}),
      // The note that the next write encrypts is for commands that do something else.
      ...(args.action === "encrypt" ? { note: () => undefined } : {}),
    });
    const { json, force, forgotten, purge } = args;
    await action({ store, context, json, force, forgotten, purge, lockTimeoutMs });
    return 0;
  },
};

type Action = (context: StateActionContext) => Promise<void>;

function toAction({ action: name, behavior, color }: Args, args: readonly string[]): Action {
  const [first = "", second = ""] = args;
  const needs = (number: number, what: string): void => {
    if (args.length !== number) throw new UsageError(`chatform state ${name} takes ${what}.`);
  };
  switch (name) {
    case "list":
      return async (context) => list(context, args);
    case "show":
      if (behavior) {
        needs(0, "no address with --behavior");
        return async (context) => showBehavior(context, color);
      }
      needs(1, "one address");
      return async (context) => show(context, first);
    case "mv":
      needs(2, "two addresses: FROM and TO");
      return async (context) => move(context, first, second);
    case "forget":
      if (args.length === 0) throw new UsageError("chatform state forget takes one or more addresses.");
      return async (context) => forget(context, args);
    case "pull":
      needs(0, "no arguments");
      return pull;
    case "push":
      needs(1, "one file, or - for stdin");
      return async (context) => push(context, first);
    case "encrypt":
      needs(0, "no arguments");
      return encrypt;
    case "decrypt":
      needs(0, "no arguments");
      return decrypt;
    case "unlock":
      needs(1, "the lock ID from the message about the lock");
      return async (context) => unlock(context, first);
  }
}
