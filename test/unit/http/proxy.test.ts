import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createApi } from "../../../src/api/client.js";
import { ApiError } from "../../../src/api/errors.js";
import { proxyFor, usualProxy } from "../../../src/http/proxy.js";
import type { Diagnostic } from "../../../src/core/diagnostic.js";
import { FastClock, Service } from "../api/service.js";

const api = "https://api.mypurecloud.de";

function proxy(env: Record<string, string>, url = api): unknown {
  const problems: Diagnostic[] = [];
  const found = proxyFor(new URL(url), env, problems);
  return problems.length > 0 ? problems.map(({ code }) => code) : found;
}

test("GENESYSCLOUD_PROXY_* name a proxy", () => {
  const env = { GENESYSCLOUD_PROXY_HOST: "proxy.example.com", GENESYSCLOUD_PROXY_PORT: "3128" };
  expect(proxy(env)).toEqual({ url: "http://proxy.example.com:3128" });
  const more = {
    GENESYSCLOUD_PROXY_PROTOCOL: "https",
    GENESYSCLOUD_PROXY_AUTH_USERNAME: "me",
    GENESYSCLOUD_PROXY_AUTH_PASSWORD: "p:@/w",
  };
  const authorization = `Basic ${Buffer.from("me:p:@/w").toString("base64")}`;
  expect(proxy({ ...env, ...more })).toEqual({ url: "https://proxy.example.com:3128", authorization });
  expect(proxy({ ...env, HTTPS_PROXY: "http://other:1", NO_PROXY: "*" })).toEqual({
    url: "http://proxy.example.com:3128",
  });
});

test("an IPv6 address of a proxy is taken with brackets or without", () => {
  for (const host of ["::1", "[::1]"]) {
    const env = { GENESYSCLOUD_PROXY_HOST: host, GENESYSCLOUD_PROXY_PORT: "3128" };
    expect(proxy(env)).toEqual({ url: "http://[::1]:3128" });
  }
});

test("otherwise https_proxy names it, lower case before upper case, with or without a user", () => {
  expect(proxy({ HTTPS_PROXY: "http://proxy:3128/" })).toEqual({ url: "http://proxy:3128" });
  expect(proxy({ https_proxy: "proxy:3128" })).toEqual({ url: "http://proxy:3128" });
  const authorization = `Basic ${Buffer.from("a b:c@d").toString("base64")}`;
  expect(proxy({ HTTPS_PROXY: "http://a%20b:c%40d@proxy:3128" })).toEqual({
    url: "http://proxy:3128",
    authorization,
  });
  expect(proxy({ https_proxy: "http://lower:1", HTTPS_PROXY: "http://upper:1" })).toEqual({
    url: "http://lower:1",
  });
  expect(proxy({ HTTP_PROXY: "http://proxy:3128" })).toBeUndefined();
  expect(proxy({})).toBeUndefined();
});

test("http_proxy is for http URLs only", () => {
  for (const name of ["http_proxy", "HTTP_PROXY"])
    expect(proxy({ [name]: "proxy:3128" }, "http://state.example.com")).toEqual({ url: "http://proxy:3128" });
  expect(proxy({ HTTPS_PROXY: "proxy:3128" }, "http://state.example.com")).toBeUndefined();
});

test("state servers do not go through the vendor's proxy", () => {
  const env = { GENESYSCLOUD_PROXY_HOST: "vendor", https_proxy: "http://proxy:3128" };
  expect(usualProxy(new URL(api), env, [])).toEqual({ url: "http://proxy:3128" });
});

test("loopback is reached without a proxy", () => {
  for (const url of ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"]) {
    expect(proxy({ HTTPS_PROXY: "http://proxy:3128" }, url)).toBeUndefined();
  }
});

test.each([
  ["*", true],
  ["api.mypurecloud.de", true],
  ["mypurecloud.de", true],
  [".mypurecloud.de", true],
  ["*.mypurecloud.de", true],
  ["a.com, MYPURECLOUD.DE", true],
  ["api.mypurecloud.de:443", true],
  ["api.mypurecloud.de:8443", false],
  [".api.mypurecloud.de", false],
  ["purecloud.de", false],
  ["login.mypurecloud.de", false],
  ["", false],
  [",,", false],
])("NO_PROXY=%s", (list, exempt) => {
  const found = proxy({ HTTPS_PROXY: "http://proxy:3128", NO_PROXY: list });
  expect(found === undefined).toBe(exempt);
});

test.each([
  ["10.0.0.0/8", "https://10.1.2.3", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.0.0.0/33", "https://10.1.2.3", false],
  ["10.0.0.0/", "https://10.1.2.3", false],
  ["10.0.0.0/8", "https://ten.example.com", false],
  ["10.1.2.3", "https://10.1.2.3", true],
  ["10.1.2.3:8443", "https://10.1.2.3:8443", true],
  ["10.1.2.3:8443", "https://10.1.2.3", false],
  ["fd00::/8", "https://[fd00::1]", true],
  ["fd00:0::1", "https://[fd00::1]", true],
  ["[fd00::1]:443", "https://[fd00::1]", true],
  ["[fd00::1]:8443", "https://[fd00::1]", false],
  ["fd00::2", "https://[fd00::1]", false],
])("no_proxy=%s, for %s: %s", (list, url, exempt) => {
  const found = proxy({ https_proxy: "http://proxy:3128", NO_PROXY: "*", no_proxy: list }, url);
  expect(found === undefined).toBe(exempt);
});

test.each(["socks5://proxy:1", "http://", "http://pro xy", "ftp://x"])(
  "%s is refused as a proxy, and not shown",
  (url) => {
    expect(proxy({ HTTPS_PROXY: url })).toEqual(["bad-url"]);
  },
);

interface Tunnel {
  readonly url: string;
  readonly seen: { target: string; authorization: string | undefined }[];
}

/** A proxy that opens tunnels, or refuses to. */
async function tunnel(status = 200): Promise<Tunnel> {
  const seen: Tunnel["seen"] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on("connect", (request, socket: Socket) => {
    sockets.add(socket);
    seen.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const { port, hostname } = new URL(`http://${request.url ?? ""}`);
    const upstream = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test("requests go through the proxy, and its credentials go to no other server", async () => {
  const service = await new Service().start();
  const { url, seen } = await tunnel();
  const through = { url, authorization: "Basic cHJveHk=" };
  const connection = service.connection({ apiProxy: through, loginProxy: through });
  const client = createApi({ connection, parallelism: 2 });
  onTestFinished(() => client.close());
  await Promise.all([1, 2, 3].map(() => client.call({ operation: "getChatsSettings" })));
  expect(service.log).toHaveLength(3);
  const { host } = new URL(service.url);
  expect(seen.length).toBeGreaterThan(0);
  for (const one of seen) expect(one).toEqual({ target: host, authorization: "Basic cHJveHk=" });
  expect(JSON.stringify([service.log, service.tokenLog])).not.toContain("cHJveHk=");
});

test("after a refusal of the proxy, the outcome is not-sent", async () => {
  const service = await new Service().start();
  const { url } = await tunnel(407);
  const credentials = { type: "token", token: "t" } as const;
  const connection = service.connection({ apiProxy: { url, authorization: "Basic cHJveHk=" }, credentials });
  const client = createApi({ connection, parallelism: 1, clock: new FastClock() });
  onTestFinished(() => client.close());
  const call = client.call({ operation: "postChatsRooms", body: { subject: "s" } });
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).failure).toMatchObject({ outcome: "not-sent", code: "connection.failed" });
  expect((error as ApiError).failure.reason).toContain("407");
});
