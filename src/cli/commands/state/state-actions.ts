import { resolve } from "node:path";
import { matchAnyPattern } from "../../../core/address-patterns.js";
import { forgottenRoomText, roomKind } from "../../../core/state/forgotten.js";
import type { Json } from "../../../core/json/json.js";
import { groupBy } from "../../../core/multimap.js";
import type { JournalEntry, State } from "../../../core/state/state.js";
import { printState } from "../../../state/codec.js";
import { environmentCipher } from "../../../state/encryption/cipher.js";
import { StateCodec } from "../../../state/state-codec.js";
import { stateAddresses } from "../../../core/state/state.js";
import { getMoves, moveEntries } from "../../../core/state/state-moves.js";
import {
  forgetAddresses,
  moveAddress,
  stateToPush,
  recordedText,
  unknownAddressError,
} from "../../../state/edit.js";
import { RepeatableError, StateError } from "../../../state/errors.js";
import { readWhole } from "../../../state/local/durable-file.js";
import { readStateStream } from "../../../state/size-limit.js";
import type { StateStore } from "../../../state/store.js";
import { safeLine } from "../../../core/safe-text.js";
import { behaviorJson, behaviorLines } from "../../../views/behavior/behavior.js";
import { namedAddress } from "../../../core/people/named-address.js";
import { paint } from "../../../views/text/line.js";
import type { People } from "../../../views/text/values.js";
import { count } from "../../../views/text/terminal.js";
import type { Context } from "../../context.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import { UsageError } from "../../parse/usage-error.js";
import { getRecordedEmails } from "../../../engine/people/recorded-entries.js";
import { withLock } from "../../session/state-lock.js";
import { escapeJson, jsonText } from "../../../views/text/json-text.js";
import { recordText } from "./record-text.js";

/** The store and the options of an action of `chatform state`. */
export interface StateActionContext {
  readonly store: StateStore;
  readonly context: Context;
  readonly json: boolean;
  readonly force: boolean;
  /** `list` shows the forgotten rooms. */
  readonly forgotten: boolean;
  /** `forget` keeps no jids, and drops those of rooms that were forgotten earlier. */
  readonly purge: boolean;
  readonly lockTimeoutMs: number;
}

/** Runs `list [PATTERN...]`: prints the addresses; with `--forgotten`, the forgotten rooms. */
export async function list(action: StateActionContext, patterns: readonly string[]): Promise<void> {
  const { store, context, json } = action;
  const state = await store.read();
  if (state === undefined) context.stderr.write(`No state exists yet: ${store.location}\n`);
  const isChosen = patterns.length === 0 ? () => true : matchAnyPattern(patterns);
  if (action.forgotten) {
    const rooms = (state?.forgotten ?? []).filter(({ address }) => isChosen(address));
    if (json) context.stdout.write(jsonText(rooms));
    for (const room of json ? [] : rooms)
      context.stdout.write(
        `${safeLine(`${room.address} ${forgottenRoomText(room)}, forgotten ${room.forgotten}`)}\n`,
      );
    return;
  }
  const shown = (state === undefined ? [] : stateAddresses(state)).filter(isChosen);
  const uncertain = new Map(state?.uncertain.map((intent) => [intent.address, intent]));
  const isUncertain = (address: string): boolean =>
    uncertain.has(address) && uncertain.get(address)?.refused !== true;
  if (json) {
    const entries = shown.map((address) => {
      const resource = state?.resources[address];
      const kind = resource?.kind ?? uncertain.get(address)?.kind;
      return { address, kind, id: resource?.id ?? null, uncertain: isUncertain(address) };
    });
    context.stdout.write(jsonText(entries));
    return;
  }
  const people = getRecordedEmails(state);
  for (const address of shown) {
    const intent = uncertain.get(address);
    const mark = intent === undefined ? "" : intent.refused === true ? " (create refused)" : " (uncertain)";
    // Elsewhere, programs read the addresses.
    const name = context.stdout.isTTY === true ? namedAddress(address, people) : safeLine(address);
    context.stdout.write(`${name}${mark}\n`);
  }
}

/** Runs `show ADDRESS`: prints the record of one resource. */
export async function show({ store, context, json }: StateActionContext, address: string): Promise<void> {
  const state = await existing(store);
  const resource = state.resources[address];
  const intent = state.uncertain.find((one) => one.address === address);
  const before = (state.forgotten ?? []).filter((room) => room.address === address);
  if (resource === undefined && intent === undefined && before.length === 0)
    throw unknownAddressError(state, address, store.location);
  const found = {
    ...{ address, ...resource },
    ...(intent === undefined ? {} : { uncertain: intent }),
    ...(before.length === 0 ? {} : { forgotten: before }),
  };
  const plain = JSON.parse(JSON.stringify(found)) as Json;
  context.stdout.write(json ? jsonText(plain) : recordText(plain, getRecordedEmails(state)));
}

/** Runs `show --behavior`: prints the observed behavior of the service. @param color as the user wants it */
export async function showBehavior(
  { store, context, json }: StateActionContext,
  color: boolean,
): Promise<void> {
  const { behavior = {}, probeRooms = [] } = (await store.read()) ?? {};
  const shown = { behavior, probeRooms, now: context.now().getTime() };
  const width = terminalWidth(context);
  context.stdout.write(
    json
      ? jsonText(behaviorJson(shown))
      : paint(behaviorLines(shown, width), styleFor(context, "stdout", color)),
  );
}

/** Runs `mv FROM TO`: changes the address of a resource. */
export async function move(action: StateActionContext, from: string, to: string): Promise<void> {
  let people: People = {};
  const change = (state: State): readonly JournalEntry[] => {
    people = getRecordedEmails(state);
    return moveEntries(moveAddress(state, from, to, action.store.location));
  };
  await edit(action, "state mv", change, (entries) => {
    const moves = getMoves(entries);
    return action.json
      ? jsonText({ moved: moves.map(({ from: before, to: after }) => ({ from: before, to: after })) })
      : `Moved ${count(moves.length, "address", "addresses")}: ${namedAddress(from, people)} is now ${safeLine(to)}.\n`;
  });
}

/** Runs `forget PATTERN...`: drops resources from the state, except for the jids of rooms. */
export async function forget(action: StateActionContext, patterns: readonly string[]): Promise<void> {
  const { purge, context, store, json } = action;
  const at = context.now().toISOString();
  const lines: string[] = [];
  const change = (state: State): readonly JournalEntry[] => {
    const found = forgetAddresses(state, patterns, { purge, at }, store.location);
    lines.push(...forgetLines(state, found));
    return found;
  };
  await edit(action, "state forget", change, (entries) =>
    json ? forgottenJson(entries) : lines.map((line) => `${safeLine(line)}\n`).join(""),
  );
}

function forgottenJson(entries: readonly JournalEntry[]): string {
  const addresses = (type: JournalEntry["type"]): readonly string[] =>
    entries.flatMap((entry) => (entry.type === type && "address" in entry ? [entry.address] : []));
  return jsonText({ forgotten: addresses("record"), purged: addresses("forgotten-purged") });
}

function forgetLines(state: State, entries: readonly JournalEntry[]): readonly string[] {
  const people = getRecordedEmails(state);
  const before = groupBy(state.forgotten ?? [], ({ address }) => address);
  return entries.flatMap((entry) => {
    if (entry.type === "forgotten-purged") {
      const rooms = before.get(entry.address) ?? [];
      return rooms.map((room) => `Purged: ${entry.address}: ${forgottenRoomText(room)}`);
    }
    if (entry.type !== "record") return [];
    const recorded = state.resources[entry.address];
    const room = recorded?.kind === roomKind ? `: ${recordedText(recorded)}` : "";
    return [`Forgotten: ${namedAddress(entry.address, people)}${room}`];
  });
}

/** Runs `pull`: prints the whole state as JSON. */
export async function pull({ store, context }: StateActionContext): Promise<void> {
  context.stdout.write(escapeJson(printState(await existing(store))));
}

/** Runs `push FILE`, or `-` for stdin: replaces the state. */
export async function push(action: StateActionContext, file: string): Promise<void> {
  const { store, context, force } = action;
  const name = file === "-" ? "standard input" : file;
  const codec = new StateCodec(environmentCipher(context.env));
  const state = await codec.parse(await readContent(file, context), name, "Nothing was changed.");
  await withLock(action, "state push", context, async () => {
    const next = stateToPush(state, await currentFor(store, force), force, store.location);
    await replace(
      action,
      next,
      ({ serial }) => `Pushed ${safeLine(name)} to ${store.location}: serial ${serial}.`,
    );
  });
}

/** Runs `encrypt`: writes the state again, encrypted with the present passphrase. */
export async function encrypt(action: StateActionContext): Promise<void> {
  if (!environmentCipher(action.context.env).isOn)
    throw new UsageError("There is no passphrase. Set CHATFORM_STATE_PASSPHRASE: openssl rand -base64 32");
  await rewrite(action, "encrypt", "Encrypted", "");
}

/** Runs `decrypt` with a store that encrypts nothing: writes the state again. */
export async function decrypt(action: StateActionContext): Promise<void> {
  const next =
    "Unset CHATFORM_STATE_PASSPHRASE now: with the variable, the next write encrypts the state again.";
  await rewrite(action, "decrypt", "Decrypted", ` ${next}`);
}

async function rewrite(action: StateActionContext, name: string, done: string, next: string): Promise<void> {
  const { store, context } = action;
  await withLock(action, `state ${name}`, context, async () => {
    const state = await existing(store);
    const rewritten = { ...state, serial: state.serial + 1 };
    await replace(action, rewritten, ({ serial }) => `${done} ${store.location}: serial ${serial}.${next}`);
  });
}

/** Replaces the stored state, and says so before the lock is released, which may fail. */
async function replace(
  { store, context, json }: StateActionContext,
  state: State,
  text: (state: State) => string,
): Promise<void> {
  try {
    await store.replace(state);
  } catch (error) {
    if (!(error instanceof StateError) || error.code === "state-removed") throw error;
    throw new RepeatableError(error);
  }
  const { lineage, serial } = state;
  context.stdout.write(json ? jsonText({ location: store.location, lineage, serial }) : `${text(state)}\n`);
}

/** Runs `unlock ID`: breaks a lock whose holder no longer runs. */
export async function unlock({ store, context, json }: StateActionContext, id: string): Promise<void> {
  const { Who, Operation } = await store.unlock(id);
  if (json) {
    context.stdout.write(jsonText({ location: store.location, id, who: Who, operation: Operation }));
    return;
  }
  const holder = Who === "" ? "" : ` It was held by ${safeLine(Who)} for ${safeLine(Operation)}.`;
  context.stdout.write(`Unlocked ${store.location}.${holder}\n`);
}

/** Changes the state under its lock, and says so before the lock is released. @param text of the entries that were written */
async function edit(
  action: StateActionContext,
  operation: string,
  change: (state: State) => readonly JournalEntry[],
  text: (entries: readonly JournalEntry[]) => string,
): Promise<void> {
  await withLock(action, operation, action.context, async () => {
    const state = await existing(action.store);
    const entries = change(state);
    const writer = await action.store.open(state);
    const appended = entries.map(async (entry) => writer.append(entry));
    // Closing writes the whole state, also where the journal could not be written.
    const outcomes = Promise.allSettled(appended);
    await writer.close();
    await outcomes;
    action.context.stdout.write(text(entries));
  });
}

async function existing(store: StateStore): Promise<State> {
  const state = await store.read();
  if (state === undefined) throw new UsageError(`No state exists yet: ${store.location}`);
  return state;
}

/** Reads the stored state; with --force, a damaged state counts as none, so that a push can repair it. */
async function currentFor(store: StateStore, force: boolean): Promise<State | undefined> {
  try {
    return await store.read();
  } catch (error) {
    const isDamage = error instanceof StateError && repairable.has(error.code);
    if (force && isDamage) return undefined;
    throw error;
  }
}

const repairable: ReadonlySet<string> = new Set([
  "state-damaged",
  "state-version",
  "journal-damaged",
  "journal-foreign",
]);

async function readContent(file: string, { cwd, stdin }: Context): Promise<Uint8Array> {
  if (file === "-")
    return readStateStream(stdin() as AsyncIterable<Buffer | string>, "standard input", "Standard input");
  try {
    return await readWhole(resolve(cwd, file), file);
  } catch (error) {
    if (error instanceof StateError) throw error;
    throw new UsageError(
      `${file} can't be read. Name a file that chatform state pull wrote, or - for stdin.`,
      { cause: error },
    );
  }
}
