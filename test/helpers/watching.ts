/* Commands that run at an interval, with their metrics, and a receiver of their notifications. */
import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { run } from "../../src/cli/run.js";

/** Polls until it gives something. */
export async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const seen = await look();
    if (seen !== undefined) return seen;
    expect(tries).toBeLessThan(3000);
    await delay(10);
  }
}

/** A receiver of webhooks. */
export async function receiver(
  statuses: readonly number[] = [],
  headers: Readonly<Record<string, string>> = {},
) {
  const bodies: { readonly url: string | undefined; readonly body: Record<string, unknown> }[] = [];
  const left = [...statuses];
  const receive = async (request: IncomingMessage): Promise<number> => {
    const body = JSON.parse(await text(request)) as Record<string, unknown>;
    bodies.push({ url: request.url, body });
    return left.shift() ?? 200;
  };
  const server = createServer((request, response) => {
    void receive(request).then((status) => {
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    bodies,
    /** Responds to the next request with this status. */
    respond: (status: number) => left.push(status),
    url: `http://127.0.0.1:${port}/hooks/secret-path`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export type Watching = Awaited<ReturnType<typeof startWatching>>;

/** Starts a command that keeps running, once a second, in this process. */
export async function startWatching(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
) {
  const stop = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const out = { stdout: "", stderr: "" };
  stdout.setEncoding("utf8").on("data", (part: string) => (out.stdout += part));
  stderr.setEncoding("utf8").on("data", (part: string) => (out.stderr += part));
  const ended = run([...args, "--every", "1s", "--listen", "0"], {
    cwd,
    env: { HOME: cwd, ...env },
    stdin: () => new PassThrough(),
    stdout,
    stderr,
    now: () => new Date(),
    stop: stop.signal,
    abort: new AbortController().signal,
  });
  const url = await until(() => /http:\/\/[\d.:]+/.exec(out.stderr)?.[0]);
  const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
    const response = await fetch(url + path);
    return { status: response.status, text: await response.text() };
  };
  const sample = async (name: string): Promise<string | undefined> => {
    const line = (await get("/metrics")).text.split("\n").find((one) => one.startsWith(`${name} `));
    return line?.slice(name.length + 1);
  };
  return {
    out,
    get,
    sample,
    /** Waits until a metric has this value. */
    reaches: (name: string, value: string) =>
      until(async () => ((await sample(name)) === value ? true : undefined)),
    async end() {
      stop.abort(new Error("interrupted"));
      return ended;
    },
  };
}
