import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { HttpResponse } from "../../../src/http/message.js";
import { NetworkError } from "../../../src/http/network-error.js";
import { md5 } from "../../../src/http/receiver.js";
import { sendRepeatable } from "../../../src/http/repeat.js";
import { Transport } from "../../../src/http/transport.js";

function response(status: number, headers: HttpResponse["headers"] = {}): HttpResponse {
  return { status, headers, body: Buffer.from(""), secret: undefined };
}

const lost = new NetworkError("connection.failed", true, "lost");

async function send(
  script: readonly (HttpResponse | NetworkError)[],
  isStopping = false,
): Promise<{ readonly result: unknown; readonly attempts: number; readonly waits: readonly number[] }> {
  const waits: number[] = [];
  let at = 0;
  const repeated = await sendRepeatable(
    () => {
      const next = script[at++]!;
      return next instanceof NetworkError ? Promise.reject(next) : Promise.resolve(next);
    },
    {
      maxAttempts: 3,
      backoff: { firstMs: 1000, maxMs: 4000 },
      clock: { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve(), random: () => 1 },
      sleep: (ms) => {
        waits.push(ms);
        return Promise.resolve();
      },
      isStopping: () => isStopping,
    },
  );
  return { ...repeated, waits };
}

test("a request is sent again after a failure that may pass, up to a number of attempts", async () => {
  const done = response(200);
  for (const failure of [lost, response(429), response(500), response(503)])
    expect(await send([failure, failure, done])).toEqual({ result: done, attempts: 3, waits: [1000, 2000] });
  expect(await send([lost, lost, lost])).toEqual({ result: lost, attempts: 3, waits: [1000, 2000] });
});

test("a request is sent once where a second attempt would not help", async () => {
  const tooLarge = new NetworkError("answer.too.large", true, "large");
  for (const result of [response(200), response(302), response(404), response(501), tooLarge])
    expect(await send([result])).toEqual({ result, attempts: 1, waits: [] });
  expect(await send([lost], true)).toEqual({ result: lost, attempts: 1, waits: [] });
});

test("Retry-After is waited for in full, or the request is not sent again", async () => {
  const done = response(200);
  const waits = [3000];
  expect(await send([response(503, { "retry-after": "3" }), done])).toEqual({
    result: done,
    attempts: 2,
    waits,
  });
  const late = response(429, { "retry-after": "5" });
  expect(await send([late])).toEqual({ result: late, attempts: 1, waits: [] });
});

test("a response that does not match its Content-MD5 counts as lost", async () => {
  const server = createServer((request, reply) => {
    reply.writeHead(200, { "content-md5": md5(request.url === "/good" ? "text" : "other") }).end("text");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = new Transport(`http://127.0.0.1:${port}`, { connections: 1 });
  onTestFinished(async () => {
    await transport.close();
    server.close();
  });
  const get = { method: "GET", headers: {} };
  expect(await transport.send({ ...get, target: "/good" })).toMatchObject({
    status: 200,
    body: Buffer.from("text"),
  });
  await expect(transport.send({ ...get, target: "/bad" })).rejects.toThrow("does not match its Content-MD5");
});
