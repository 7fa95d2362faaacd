import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";

/**
 * What goes wrong with the next request of this method: a response instead; the connection ends before or after it is done;
 * it hangs, before or after it is done; its response comes in drops; its response does not end; it is not done, and the response
 * is a page that asks to sign in, or an empty success.
 */
interface Fault {
  readonly method: string;
  readonly with:
    | number
    | "drop-before"
    | "drop-after"
    | "hang-before"
    | "hang-after"
    | "dribble"
    | "endless"
    | "bomb"
    | "page"
    | "ignored";
}

export interface StateServerOptions {
  /**
   * `terraform`: LOCK and UNLOCK at the address, 423. `gitlab`: POST and DELETE at /lock, 409, versions by serial, 422
   * for one that is taken. `gitea`: the same, but 423 and 409, and 201 for what was stored.
   */
  readonly manner: "terraform" | "gitlab" | "gitea";
  /** `user:password` */
  readonly credentials?: string;
}

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface StateServer {
  readonly url: string;
  readonly requests: SeenRequest[];
  readonly faults: Fault[];
  content: string | undefined;
  lock: string | undefined;
  close(): Promise<void>;
}

/** A server of Terraform's HTTP backend protocol, written from its documentation alone. */
export async function startStateServer(options: StateServerOptions): Promise<StateServer> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const serials = new Set<number>();
  const state: StateServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/state/prod`,
    requests: [],
    faults: [],
    content: undefined,
    lock: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return state;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = {
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    state.requests.push(seen);
    const at = state.faults.findIndex(({ method }) => method === seen.method);
    const [fault] = at < 0 ? [] : state.faults.splice(at, 1);
    if (fault?.with === "drop-before") return void request.socket.destroy();
    if (fault?.with === "hang-before") return;
    const [status, body] = replaced(fault) ?? respond(seen);
    if (fault?.with === "drop-after") return void request.socket.destroy();
    if (fault?.with === "hang-after") return;
    if (fault?.with === "dribble") return void dribble(response);
    if (fault?.with === "endless") return void endless(response);
    if (fault?.with === "bomb") {
      // 300 MB of zeros.
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(300 * 1024 * 1024)));
      return;
    }
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }

  function respond(seen: SeenRequest): readonly [status: number, body: string] {
    const expected = `Basic ${Buffer.from(options.credentials ?? "").toString("base64")}`;
    if (options.credentials !== undefined && seen.headers.authorization !== expected) return [401, ""];
    const sum = createHash("md5").update(seen.body).digest("base64");
    if (seen.body !== "" && seen.headers["content-md5"] !== sum) return [400, "Content-MD5"];
    const url = new URL(seen.url, state.url);
    const isLock = options.manner === "terraform" || url.pathname.endsWith("/lock");
    const method = `${isLock && options.manner !== "terraform" ? "lock " : ""}${seen.method}`;
    switch (method) {
      case "GET":
        return state.content === undefined
          ? [options.manner === "gitlab" ? 204 : 404, ""]
          : [200, state.content];
      case "POST":
        return update(seen.body, url.searchParams.get("ID") ?? undefined);
      case "LOCK":
      case "lock POST":
        return lock(seen.body);
      case "UNLOCK":
      case "lock DELETE":
        return unlock(seen.body);
      default:
        return [405, ""];
    }
  }

  function update(body: string, id: string | undefined): readonly [number, string] {
    if (id !== getLockId(state.lock)) return [conflict(), state.lock ?? ""];
    if (options.manner !== "terraform") {
      const { serial, lineage } = JSON.parse(body) as { serial?: number; lineage?: string };
      if (serial === undefined || serial < 1 || lineage === undefined) return [400, ""];
      if (serials.has(serial)) return [options.manner === "gitlab" ? 422 : 409, ""];
      serials.add(serial);
    }
    state.content = body;
    return [options.manner === "gitea" ? 201 : 200, ""];
  }

  function lock(body: string): readonly [number, string] {
    const members = ["ID", "Operation", "Info", "Who", "Version", "Created", "Path"];
    const info = JSON.parse(body) as Record<string, unknown>;
    if (members.some((name) => typeof info[name] !== "string")) return [400, "LockInfo"];
    if (state.lock !== undefined) return [conflict(), state.lock];
    state.lock = body;
    return [200, ""];
  }

  function unlock(body: string): readonly [number, string] {
    if (getLockId(body) !== getLockId(state.lock)) return [conflict(), state.lock ?? ""];
    state.lock = undefined;
    return [200, ""];
  }

  function conflict(): number {
    return options.manner === "gitlab" ? 409 : 423;
  }
}

/** Returns the response of a request that is not done. */
function replaced(fault: Fault | undefined): readonly [status: number, body: string] | undefined {
  if (typeof fault?.with === "number") return [fault.with, ""];
  if (fault?.with === "page") return [200, "\n<!doctype html><title>Sign in</title>"];
  return fault?.with === "ignored" ? [200, ""] : undefined;
}

/** A byte now and then: no wait between two parts is long. */
async function dribble(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  while (!response.destroyed) {
    response.write(" ");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endless(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  const blanks = Buffer.alloc(4 * 1024 * 1024, " ");
  const source = function* (): Generator<Buffer> {
    for (;;) yield blanks;
  };
  await pipeline(source, response).catch(() => undefined);
}

function getLockId(lock: string | undefined): string | undefined {
  return lock === undefined ? undefined : (JSON.parse(lock) as { ID?: string }).ID;
}
