import platformClient from "purecloud-platform-client-v2";
import type { OperationName, operations } from "../../src/api/operations/operations.js";
import type { Emulator } from "../../src/emulator/index.js";

type Table = typeof operations;
/** Names of the 34 operations of the chat API. */
export type ChatOperation = {
  [N in OperationName]: Table[N]["group"] extends "chat" ? N : never;
}[OperationName];

/** The SDK has one client for all. */
export const client = platformClient.ApiClient.instance;
client.config.live_reload_config = false;

export interface World {
  readonly chat: InstanceType<typeof platformClient.ChatApi>;
  readonly emulator: Emulator;
  /** An ad hoc room of jane's, with sam in it. */
  readonly room: string;
  /** The room of the group Support. */
  readonly groupRoom: string;
  /** A message of jane's in the room. */
  readonly message: string;
  /** A message of jane's to sam. */
  readonly direct: string;
  readonly jane: string;
  readonly sam: string;
  readonly zoe: string;
}

export interface Scenario {
  readonly succeeds: (world: World) => Promise<void>;
  /** The call that fails, and the status and code of its response. */
  readonly fails: (world: World) => Promise<unknown>;
  readonly as: readonly [status: number, code: string];
}

export const nobody = "00000000-0000-4000-8000-00000000dead";
export const nowhere = `adhoc-${nobody}@conference.Example-Org.orgspan.com`;

/** Calls with a token that has one permission only, which is not a chat permission. */
export function without<T>(world: World, call: () => T): T {
  client.setAccessToken(world.emulator.token({ user: world.jane, permissions: ["directory:user:view"] }));
  return call();
}

export async function ids(
  listing: Promise<platformClient.Models.ChatMessageEntityListing>,
): Promise<string[]> {
  return ((await listing).entities ?? []).map(({ id }) => id);
}

export async function getSubject(world: World): Promise<string | undefined> {
  return (await world.chat.getChatsRoom(world.room)).subject;
}

export const forbidden = [403, "missing.any.permissions"] as const;
export const missing = [404, "not.found"] as const;

export async function makeWorld(emulator: Emulator): Promise<World> {
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: emulator.port });
  client.setAccessToken(emulator.env["GENESYSCLOUD_ACCESS_TOKEN"] ?? "");
  const chat = new platformClient.ChatApi();
  const [groupRoom = "", room = ""] = emulator.dump().rooms.map(({ jid }) => jid ?? "");
  const sam = emulator.userId("sam@example.com");
  const message = (await chat.postChatsRoomMessages(room, { message: "First" })).id;
  const direct = (await chat.postChatsUserMessages(sam, { message: "First" })).id;
  const jane = emulator.userId("jane.doe@example.com");
  return {
    chat,
    emulator,
    room,
    groupRoom,
    message,
    direct,
    jane,
    sam,
    zoe: emulator.userId("zoe@example.com"),
  };
}
