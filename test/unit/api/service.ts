import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Clock } from "../../../src/core/time/clock.js";
import type { ApiClient, ApiOptions } from "../../../src/api/client.js";
import { createApi } from "../../../src/api/client.js";
import type { ApiFailure } from "../../../src/api/errors.js";
import { ApiError } from "../../../src/api/errors.js";
import type { Connection } from "../../../src/api/auth/connection.js";

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is. */
  readonly body?: unknown;
}

/** A response, or a fault: the connection is dropped after the request was read, or no response ever comes. */
export type Act = Reply | "drop" | "hang" | ((request: Seen, response: ServerResponse) => void);

/** A server with scripted responses and a log. It issues tokens t1, t2, …, unless told otherwise. */
export class Service {
  readonly log: Seen[] = [];
  readonly tokenLog: Seen[] = [];
  url = "";
  inFlight = 0;
  mostInFlight = 0;
  /** Responses in order; the last one is repeated. */
  script: Act[] = [{ status: 200, body: {} }];
  tokenScript: Act[] = [];
  tokenSeconds = 86_400;
  readonly #server = createServer((request, response) => {
    void this.#take(request, response);
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    onTestFinished(() => {
      this.stop();
    });
    return this;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  connection(more: Partial<Connection> = {}): Connection {
    const credentials = { type: "client", id: "the-id", secret: "the-secret" } as const;
    return { apiUrl: this.url, loginUrl: this.url, credentials, tokenPoolSize: 1, ...more };
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const seen = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    const isToken = seen.url.endsWith("/oauth/token");
    (isToken ? this.tokenLog : this.log).push(seen);
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await turn();
    this.inFlight--;
    act(isToken ? this.#nextToken() : next(this.script), seen, response);
  }

  #nextToken(): Act {
    const scripted = this.tokenScript.shift();
    if (scripted !== undefined) return scripted;
    const body = { access_token: `t${this.tokenLog.length}`, expires_in: this.tokenSeconds };
    return { status: 200, body };
  }
}

function next(script: Act[]): Act {
  const [first] = script;
  if (script.length > 1) script.shift();
  return first ?? { status: 500 };
}

function act(how: Act, seen: Seen, response: ServerResponse): void {
  if (how === "hang") return;
  if (how === "drop") response.destroy();
  else if (typeof how === "function") how(seen, response);
  else {
    response.writeHead(how.status, how.headers);
    response.end(typeof how.body === "string" ? how.body : JSON.stringify(how.body));
  }
}

/** Sleeps take no time, but the clock goes on. */
export class FastClock implements Clock {
  /** Goes on with every sleep, and never jumps. */
  time = 1_000_000;
  /** The distance of the wall clock from it: tests change it to let that clock jump. */
  offset = 0;
  chance = 0;
  readonly sleeps: number[] = [];

  now(): number {
    return this.time + this.offset;
  }

  monotonic(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.time += ms;
    await turn();
    signal?.throwIfAborted();
  }
}

export interface World {
  readonly service: Service;
  readonly clock: FastClock;
  readonly api: ApiClient;
}

/** A service and a client of it. */
export async function world(
  options: Partial<ApiOptions> = {},
  more: Partial<Connection> = {},
): Promise<World> {
  const service = await new Service().start();
  const clock = new FastClock();
  const api = createApi({ connection: service.connection(more), parallelism: 10, clock, ...options });
  onTestFinished(() => api.close());
  return { service, clock, api };
}

/** Returns the failure of a call. @throws Error if it ended in another way */
export async function getFailure(call: Promise<unknown>): Promise<ApiFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error.failure;
  throw new Error(`no ApiError: ${String(error)}`);
}
