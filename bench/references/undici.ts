/**
 * Bare undici: sends the requests of a file, ten at a time by default, and does nothing else. The time that chatform adds is
 * measured against this.
 *
 * Arguments: the file (Recording), the service's URL, how many at once. TOKEN is the access token.
 */
import { readFile } from "node:fs/promises";
import { Pool } from "undici";
import type { Recording } from "../recording.js";

const [file = "", url = "", atOnce = "10"] = process.argv.slice(2);
const recording = JSON.parse(await readFile(file, "utf8")) as Recording;
const concurrency = Number(atOnce);
const pool = new Pool(url, { connections: concurrency, pipelining: 1 });
const headers = { authorization: `Bearer ${process.env["TOKEN"] ?? ""}`, accept: "application/json" };
const withBody = { ...headers, "content-type": "application/json" };

/** The jids of rooms that are made here, in the place of those that were made when it was recorded. */
const made = new Map(
  recording.requests.flatMap(({ makes }) =>
    makes === undefined ? [] : [[makes, deferred<string>()] as const],
  ),
);

let next = 0;
await Promise.all(Array.from({ length: concurrency }, work));
await pool.close();

async function work(): Promise<void> {
  for (
    let request = recording.requests[next++];
    request !== undefined;
    request = recording.requests[next++]
  ) {
    const { method, body, needs, makes } = request;
    const jid = needs === undefined ? undefined : await made.get(needs)?.promise;
    const path = jid === undefined ? request.path : request.path.replace("{jid}", encodeURIComponent(jid));
    const sent = body === undefined ? { headers } : { headers: withBody, body };
    const response = await pool.request({ method, path, ...sent });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
    const value = text === "" ? undefined : (JSON.parse(text) as { readonly jid?: string });
    if (makes !== undefined) made.get(makes)?.resolve(value?.jid ?? "");
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
