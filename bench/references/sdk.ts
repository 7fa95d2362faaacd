/**
 * A good script with the vendor's SDK: looks up the users 50 at a time, reads every user's settings, every room and its participants,
 * and compares them, without pacing and retries.
 *
 * Arguments: the file (the desired state as JSON), the service's URL, how many at once. TOKEN is the access token.
 */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import platformClient from "purecloud-platform-client-v2";

interface Wanted {
  readonly users: Readonly<Record<string, { readonly settings: object }>>;
  readonly rooms: Readonly<Record<string, WantedRoom>>;
}

interface WantedRoom {
  readonly jid: string;
  readonly subject: string;
  readonly participants: readonly string[];
}

const [file = "", url = "", atOnce = "1"] = process.argv.slice(2);
const { users, rooms } = JSON.parse(await readFile(file, "utf8")) as Wanted;

const client = platformClient.ApiClient.instance;
client.config.live_reload_config = false;
client.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(new URL(url).port) });
client.setAccessToken(process.env["TOKEN"] ?? "");
const chat = new platformClient.ChatApi();
const directory = new platformClient.UsersApi();

const ids = new Map<string, string>();
const differences: string[] = [];

const emails = Object.keys(users);
const batches = Array.from({ length: Math.ceil(emails.length / 50) }, (_none, at) =>
  emails.slice(at * 50, at * 50 + 50),
);
await forAll(batches, find);
await forAll(Object.entries(users), async ([email, { settings }]) => {
  const { mobile } = await chat.getChatsUserSettings(ids.get(email) ?? "");
  if (!isDeepStrictEqual({ mobile }, settings)) differences.push(email);
});
await forAll(Object.entries(rooms), async ([name, wanted]) => {
  const room = await chat.getChatsRoom(wanted.jid);
  const { participants } = await chat.getChatsRoomParticipants(wanted.jid, {});
  const present = participants?.map(({ user }) => user?.id ?? "").sort();
  const declared = wanted.participants.map((email) => ids.get(email) ?? "").sort();
  if (room.subject !== wanted.subject || !isDeepStrictEqual(present, declared)) differences.push(name);
});
process.stdout.write(`${differences.length} differ: ${differences.slice(0, 10).join(", ")}\n`);
if (differences.length > 0) process.exitCode = 1;

/** Looks up users by e-mail. */
async function find(values: readonly string[]): Promise<void> {
  const query = [{ type: "EXACT", fields: ["email"], values: [...values] }];
  const { results } = await directory.postUsersSearch({ pageSize: values.length, query });
  for (const { email = "", id = "" } of results) ids.set(email, id);
}

async function forAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, worker));
}
