import { onTestFinished } from "vitest";
import type { OperationName } from "../../../src/api/operations/operations.js";
import { operation, buildPath } from "../../../src/api/operations/operations.js";
import type { Json, JsonObject } from "../../../src/core/json/json.js";
import { isObject } from "../../../src/core/json/json.js";
import { startEmulator } from "../../../src/emulator/index.js";
import type { Emulator, EmulatorOptions } from "../../../src/emulator/index.js";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; undefined: none. */
  readonly body: Json | undefined;
  /** `status code` of an error, the status alone of a success. */
  readonly brief: string;
}

export interface Ask {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: Json;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An emulator with jane's token, and a client that sends anything. */
export class Desk {
  readonly emulator: Emulator;
  readonly token: string;
  readonly jane: string;
  readonly sam: string;
  readonly kim: string;
  /** Jane owns it; sam and zoe are in it. */
  readonly room: string;
  readonly groupRoom: string;

  constructor(emulator: Emulator) {
    this.emulator = emulator;
    this.token = emulator.token({ user: "jane.doe@example.com" });
    this.jane = emulator.userId("jane.doe@example.com");
    this.sam = emulator.userId("sam@example.com");
    this.kim = emulator.userId("kim@example.com");
    const [groupRoom, room] = emulator.dump().rooms;
    this.room = room?.jid ?? "";
    this.groupRoom = groupRoom?.jid ?? "";
  }

  /** An operation of the table. `roomJid` is the ad hoc room where it is not given. */
  async call(name: OperationName, ask: Ask = {}): Promise<Reply> {
    const path = buildPath(name, { roomJid: this.room, ...ask.params });
    const query = ask.query === undefined ? "" : `?${ask.query}`;
    return this.send(operation(name).method, path + query, ask);
  }

  async send(method: string, path: string, ask: Ask = {}): Promise<Reply> {
    const { body, token = this.token } = ask;
    const response = await fetch(this.emulator.url + path, {
      method,
      headers: {
        ...(token !== "" && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...ask.headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === "" ? undefined : (JSON.parse(text) as Json);
    const code = isObject(parsed) && typeof parsed["code"] === "string" ? ` ${parsed["code"]}` : "";
    const { status, headers } = response;
    return { status, headers, body: parsed, brief: status < 400 ? String(status) : `${status}${code}` };
  }

  /** Sends a message to the room as jane. @returns its id */
  async say(message: string, more: JsonObject = {}): Promise<string> {
    const { body } = await this.call("postChatsRoomMessages", { body: { message, ...more } });
    return member(body, "id") as string;
  }

  /** Ids of the room's history. */
  async history(query?: string): Promise<string[]> {
    const { body } = await this.call("getChatsRoomMessages", query === undefined ? {} : { query });
    return getIds(body);
  }

  /** The room as GET shows it. */
  async readRoom(): Promise<JsonObject> {
    const { body } = await this.call("getChatsRoom");
    return isObject(body) ? body : {};
  }

  /** Ids of those in the room, as GET shows them. */
  async participants(): Promise<Json[]> {
    const { body } = await this.call("getChatsRoomParticipants");
    const list = (member(body, "participants") ?? []) as readonly JsonObject[];
    return list.map(({ user }) => member(user, "id") ?? null);
  }
}

/** Starts an emulator that ends with the test. */
export async function start(options: EmulatorOptions = {}): Promise<Desk> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return new Desk(emulator);
}

export function member(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

/** The ids of a listing, or of `{ id }`s. */
export function getIds(value: Json | undefined): string[] {
  const list = (isObject(value) ? value["entities"] : value) as readonly JsonObject[];
  return list.map(({ id }) => id as string);
}
