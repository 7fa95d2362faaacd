import { request } from "node:http";
import { expect, test } from "vitest";
import { serve } from "../../../src/cli/commands/drift/drift-server.js";
import { startEmulator } from "../../../src/emulator/index.js";

/** The status of a GET whose Host header is `host`. */
function requestStatus(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject).end();
  });
}

test("the metrics server responds to loopback and configured names only", async () => {
  const pages = { metrics: () => "x 1\n", health: () => ({ ok: true, text: "" }) };
  const server = await serve("127.0.0.1", 0, pages, ["metrics.internal"]);
  const url = `${server.url}/metrics`;
  const hosts = ["localhost:1", "127.0.0.1", "metrics.internal", "rebound.example"];
  expect(await Promise.all(hosts.map((host) => requestStatus(url, host)))).toEqual([200, 200, 200, 421]);
  await server.close();
});

test("the emulator responds to loopback and configured names only, its control too", async () => {
  const emulator = await startEmulator({ allowedHosts: ["emulator.internal"] });
  const url = `${emulator.url}/_emulator/org`;
  const hosts = ["localhost:1", "[::1]:1", "emulator.internal", "rebound.example"];
  expect(await Promise.all(hosts.map((host) => requestStatus(url, host)))).toEqual([200, 200, 200, 421]);
  expect(await requestStatus(`${emulator.url}/api/v2/chats/settings`, "rebound.example")).toBe(421);
  expect(emulator.requestCount).toBe(0);
  await emulator.close();
});
