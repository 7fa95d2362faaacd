import { safeLine } from "../../core/safe-text.js";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readOnly } from "../../api/read-only.js";
import type { Api } from "../../api/api.js";
import type { ChatTarget } from "../../engine/show/chat-view.js";
import type { Loaded } from "../../config/load.js";
import { addressMatcher, pathSegments, segmentName } from "../../core/address.js";
import type { Kind } from "../../core/kind/kind.js";
import type { State } from "../../core/state/state.js";
import type { RenameAddress } from "../../core/state/state-moves.js";
import { systemClock } from "../../core/time/clock.js";
import { readBlock } from "../../engine/export.js";
import { withMoves } from "../../engine/plan/moves.js";
import { toFacts, readChat } from "../../engine/show/chat-view.js";
import type { ShownChat } from "../../engine/show/shown.js";
import { kinds } from "../../resources/index.js";
import { renderChat } from "../../views/text/chat-text.js";
import type { Command } from "../command.js";
import type { Context, ExitCode } from "../context.js";
import { loadConfig, readConfig, readConfigOfOrg } from "../session/load-config.js";
import type { ArgsOf } from "../parse/option-table.js";
import { flag, number } from "../parse/option-table.js";
import type { GlobalArgs } from "../parse/options.js";
import { fileOptions, listAddresses, sessionOptions } from "../parse/options.js";
import { checkWhole } from "../parse/values.js";
import { readPlanFile } from "./plan/plan-file.js";
import type { Session } from "../session/session.js";
import { openSession } from "../session/session.js";
import { showingProgress } from "../session/progress-timer.js";
import { findUsers } from "../session/find-users.js";
import { planText, savedPlanJson } from "./plan/show-plan.js";
import { styleFor } from "../output/style.js";
import { UsageError } from "../parse/usage-error.js";
import { jsonText } from "../../views/text/json-text.js";
import { environmentCipher } from "../../state/encryption/cipher.js";

const positionals = {
  what: {
    type: "string",
    describe: "An address, a room's jid, or the file of a plan",
    completesWith: listAddresses,
  },
} as const;

const options = {
  ...fileOptions,
  ...sessionOptions,
  config: flag("Show the config with everything inserted: variables, rows, defaults"),
  environments: flag("List the names for --env"),
  addresses: flag("List the addresses of the config"),
  messages: number("Number of messages", 10),
  json: flag("Print JSON"),
  calls: flag("With a plan: list the API calls too"),
  full: flag("Show long lists and long plans in full"),
};

type Args = ArgsOf<typeof positionals> & ArgsOf<typeof options> & GlobalArgs;

export const show: Command<Args> = {
  description:
    "Shows live values: settings, people by e-mail, pins, the last messages, replies indented.\nOr shows a saved plan, also a stale one; or the config.",
  examples: [
    ["show rooms/incident-bridge", "a room by its address"],
    ["show adhoc-…@conference.ORG.orgspan.com --messages 50", "a room by its jid"],
    ["show users/jane.doe@example.com", "a user's settings and the 1on1 with them"],
    ["show threads/ID", "a thread"],
    ["show settings", "the org's settings; me: your own"],
    ["show plan.json", "a saved plan"],
    ["show --config", "the config as one file, with everything inserted"],
  ],
  positionals,
  options,
  async run(args, context): Promise<ExitCode> {
    const { what } = args;
    if (args.config) return showConfig(args, context);
    if (args.environments) return showNames((await readConfig(args, context)).environments, args, context);
    if (args.addresses) return showNames(await getAddresses(args, context), args, context);
    if (what === undefined)
      throw new UsageError(
        "chatform show needs an address, a jid, the file of a plan, --config, --environments or --addresses.",
      );
    if (await isFile(resolve(context.cwd, what))) {
      const saved = await readPlanFile(resolve(context.cwd, what), what, environmentCipher(context.env));
      context.secrets.add(saved.plan.sensitive ?? []);
      context.stdout.write(args.json ? savedPlanJson(saved) : planText(saved, args, context));
      return 0;
    }
    checkWhole("--messages", args.messages, 0);
    return showLive(what, args, context);
  },
};

/** Lists names, as shells complete them. */
function showNames(names: readonly string[], args: Args, { stdout }: Context): ExitCode {
  stdout.write(args.json ? jsonText(names) : names.map((name) => `${safeLine(name)}\n`).join(""));
  return 0;
}

/** Returns the addresses that the config declares, also if it has errors elsewhere. Without a chosen environment, they are those of the first. */
async function getAddresses(args: Args, context: Context): Promise<readonly string[]> {
  const loaded = await readConfig(args, context);
  const [first] = loaded.environments;
  const isMissing = loaded.diagnostics.some(({ code }) => code === "no-environment");
  const { resources } =
    isMissing && first !== undefined ? await readConfig({ ...args, env: first }, context) : loaded;
  return resources.map(({ address }) => address);
}

/** Shows the config as one document. Nothing is contacted. */
async function showConfig(args: Args, context: Context): Promise<ExitCode> {
  if (args.what !== undefined) throw new UsageError("chatform show --config takes no address.");
  const { document } = await loadConfig(args, context);
  const whole = { version: 1, ...document };
  const { exportText } = await import("./export/export-text.js");
  const heading = "The config with variables, rows and defaults inserted.";
  const text = (): string => exportText(document, { comments: {}, people: {} }, heading);
  context.stdout.write(args.json ? jsonText(whole) : text());
  return 0;
}

async function showLive(what: string, args: Args, context: Context): Promise<ExitCode> {
  const named = namedBy(what);
  const loaded = await readConfigOfOrg(args, context);
  const session = await openSession(args, loaded, context);
  const api = readOnly(session.api);
  try {
    const hasPeople = !["settings", "me", "thread"].includes(named.type);
    const recorded = hasPeople ? await session.readState() : undefined;
    const { state, toAddress } = withMoves(recorded, loaded.moved);
    const chat =
      named.type === "resource"
        ? await readResource(named, loaded, { ...session, state, api }, context)
        : await readChat(api, await findTarget(named, { loaded, state, toAddress, api }, context), {
            messages: args.messages,
            state,
            signal: context.stop,
          });
    const style = styleFor(context, "stdout", args.color);
    context.stdout.write(args.json ? chatJson(chat) : renderChat(chat, style));
    return 0;
  } finally {
    await session.close();
  }
}

/** Returns a resource of a kind that no chat shows, as its block in the config. */
async function readResource(
  { kind, address }: Extract<Named, { readonly type: "resource" }>,
  { resources }: Loaded,
  {
    state,
    api,
    parallelism,
    patienceMs,
    pace,
  }: Pick<Session, "api" | "parallelism" | "patienceMs" | "pace"> & { readonly state: State | undefined },
  context: Context,
): Promise<ShownChat> {
  const recorded = state?.resources[address];
  const declared = resources.find((resource) => resource.address === address)?.id;
  const id = typeof declared === "string" ? declared : recorded?.id;
  if (id === undefined)
    throw new UsageError(`The id of ${address} is unknown: neither the config nor the state has it.`);
  const { container, applied } = recorded ?? {};
  const item = {
    ...{ address, kind: kind.name, id },
    ...(container === undefined ? {} : { container }),
    ...(applied === undefined ? {} : { applied }),
  };
  const byName = new Map(kinds.map((one) => [one.name, one]));
  const block = await showingProgress(context, pace, (onEvent) =>
    readBlock(
      { api, kinds: byName, parallelism, patienceMs, clock: systemClock, signal: context.stop, onEvent },
      item,
    ),
  );
  if (block === undefined) throw new UsageError(`Genesys Cloud has no ${kind.title} with the id ${id}.`);
  const nobody = { owners: [], participants: [], people: {}, departed: {}, sources: {} };
  return { ...nobody, facts: toFacts(block), pins: [], messages: [] };
}

/** Returns the chat as a JSON document without empty members. */
function chatJson({ facts, ...parts }: ShownChat): string {
  const some = Object.entries(parts).filter(([, part]: [string, object]) => Object.keys(part).length > 0);
  const document = { ...Object.fromEntries(facts), ...Object.fromEntries(some) };
  return jsonText(document);
}

/** The target on the command line, as far as it is known without a request. */
type Named =
  | { readonly type: "resource"; readonly kind: Kind; readonly address: string }
  | ChatTarget
  | { readonly type: "e-mail"; readonly name: string }
  | { readonly type: "address"; readonly name: string };

/** @throws UsageError if there is nothing to show under that name */
function namedBy(what: string): Named {
  if (what === "settings") return { type: "settings" };
  if (what === "me" || what === "me/settings") return { type: "me" };
  const [scope, segment = ""] = what.split("/");
  const name = segmentName(segment);
  if (scope === "threads" && name !== "") return { type: "thread", id: name };
  if (scope === "users" && name !== "")
    return name.includes("@") ? { type: "e-mail", name } : { type: "user", id: name };
  if (what.includes("@conference.")) return { type: "room", jid: what };
  if (scope === "rooms" && name !== "") return { type: "address", name };
  const kind = kinds.find((one) => addressMatcher(one.name)(what));
  if (kind !== undefined) return { type: "resource", kind, address: what };
  throw new UsageError(
    `There is nothing to show at "${what}". Give rooms/NAME, a jid, users/E-MAIL, threads/ID, settings, me, or a plan's file.`,
  );
}

interface Known {
  readonly loaded: Loaded;
  readonly state: State | undefined;
  readonly toAddress: RenameAddress;
  readonly api: Api;
}

async function findTarget(
  named: Exclude<Named, { readonly type: "resource" }>,
  known: Known,
  { stop }: Context,
): Promise<ChatTarget> {
  if (named.type === "e-mail") {
    const [id = ""] = (await findUsers(known.api, [named.name], known.state, stop)).values();
    return { type: "user", id };
  }
  if (named.type === "address") return { type: "room", jid: findJid(named.name, known) };
  return named;
}

function findJid(name: string, { loaded, state, toAddress }: Known): string {
  const rooms = loaded.document["rooms"] as Readonly<Record<string, { readonly jid?: string }>> | undefined;
  const address = toAddress(`rooms/${name}`);
  const jid = rooms?.[segmentName(pathSegments(address)[1] ?? "")]?.jid ?? state?.resources[address]?.id;
  if (jid === undefined)
    throw new UsageError(`The jid of rooms/${name} is unknown: neither the config nor the state has it.`);
  return jid;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
