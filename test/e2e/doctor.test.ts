/** Broken environments: `doctor` names each problem in one line that a help desk can act on, and shows no secret. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { localStore } from "../../src/state/local/local-store.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-doctor-"));
  await writeFile(join(cwd, "chatform.yaml"), config);
});
afterEach(() => rm(cwd, { recursive: true }));

const config = `version: 1
settings: { messageRetentionPeriodDays: 3650 }
rooms:
  bridge: { subject: Bridge of secrets, participants: [jane.doe@example.com] }
`;

type Variables = Readonly<Record<string, string>>;

async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Starts a server on a port of loopback. @returns the port */
async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port where nothing listens. One that was just closed may be given to another test at once. */
const closedPort = 1;

const client = {
  GENESYSCLOUD_OAUTHCLIENT_ID: "the-client-id",
  GENESYSCLOUD_OAUTHCLIENT_SECRET: "the-client-secret",
};
const token = { GENESYSCLOUD_ACCESS_TOKEN: "the-access-token" };
const at = (port: number): Variables => ({
  CHATFORM_API_URL: `http://127.0.0.1:${port}`,
  CHATFORM_LOGIN_URL: `http://127.0.0.1:${port}`,
});

/** Starts a service with one response to everything. */
async function service(respond: RequestListener): Promise<Variables> {
  return { ...token, ...at(await listen(createServer(respond))) };
}

/** Starts a proxy that answers CONNECT with a status. */
async function proxy(status: string): Promise<Variables> {
  const server = createServer().on("connect", (_request, socket) => {
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
  });
  return viaProxy(await listen(server));
}

const viaProxy = (port: number): Variables => ({
  ...client,
  GENESYSCLOUD_REGION: "eu-central-1",
  GENESYSCLOUD_PROXY_HOST: "127.0.0.1",
  GENESYSCLOUD_PROXY_PORT: String(port),
});

/** Starts an https server with a certificate that nobody signed but itself. */
async function selfSigned(): Promise<Variables> {
  const [key, cert] = [join(cwd, "key.pem"), join(cwd, "cert.pem")];
  const form = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"];
  await promisify(execFile)("openssl", ["req", "-x509", ...form, "-keyout", key, "-out", cert]);
  const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) });
  return { ...token, CHATFORM_API_URL: `https://localhost:${await listen(server)}` };
}

interface Broken {
  readonly args?: readonly string[];
  /** Prepares the environment. @returns the variables */
  readonly env: () => Promise<Variables> | Variables;
  /** What the line says, and what it tells to do. */
  readonly line: RegExp;
  readonly help: string;
  readonly code?: 0 | 1;
}

const refused =
  (status: number, code: string): RequestListener =>
  (_request, response) => {
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify({ status, code, message: "No." }));
  };

async function fixed(options: EmulatorOptions): Promise<Variables> {
  return (await emulate({ actingUser: "jane.doe@example.com", ...options })).env;
}

const environments: Readonly<Record<string, Broken>> = {
  "a port that refuses": {
    env: () => ({ ...token, ...at(closedPort) }),
    line: /^failure Connection 127\.0\.0\.1:\d+ refuses the connection: connect ECONNREFUSED/,
    help: "Check host and port (CHATFORM_API_URL, http://127.0.0.1:",
  },
  "a service that hangs": {
    args: ["--timeout", "200ms"],
    env: async () => ({ ...token, ...at(await listen(createTcpServer())) }),
    line: /^failure Connection 127\.0\.0\.1:\d+ does not respond: no response within 200 ms/,
    help: "chatform doctor --timeout 30s",
  },
  "a proxy that wants a password": {
    env: () => proxy("407 Proxy Authentication Required"),
    line: /^failure Connection The proxy http:\/\/127\.0\.0\.1:\d+ asks for a user and a password: HTTP 407\./,
    help: "GENESYSCLOUD_PROXY_AUTH_USERNAME and GENESYSCLOUD_PROXY_AUTH_PASSWORD",
  },
  "a proxy that refuses the password": {
    env: async () => ({
      ...(await proxy("407 Proxy Authentication Required")),
      GENESYSCLOUD_PROXY_AUTH_USERNAME: "jane",
      GENESYSCLOUD_PROXY_AUTH_PASSWORD: "the-proxy-password",
    }),
    line: /^failure Connection The proxy \S+ refuses the user or the password: HTTP 407\./,
    help: "GENESYSCLOUD_PROXY_AUTH_USERNAME",
  },
  "a proxy that refuses the host": {
    env: () => proxy("403 Forbidden"),
    line: /^failure Connection The proxy \S+ refuses a connection to login\.mypurecloud\.de: HTTP 403\./,
    help: "allow api.mypurecloud.de and login.mypurecloud.de, port 443",
  },
  "a proxy that is away": {
    env: () => viaProxy(closedPort),
    line: /^failure Connection The proxy http:\/\/127\.0\.0\.1:\d+ can't be reached: connect ECONNREFUSED/,
    help: "GENESYSCLOUD_PROXY_HOST and GENESYSCLOUD_PROXY_PORT",
  },
  "a certificate that is not trusted": {
    env: selfSigned,
    line: /^failure Connection This machine does not trust the certificate of localhost:\d+: self-signed certificate\./,
    help: "NODE_EXTRA_CA_CERTS=FILE",
  },
  "a wrong region or secret": {
    env: async () => ({ ...(await emulate()).env, GENESYSCLOUD_OAUTHCLIENT_SECRET: "the-client-secret" }),
    line: /^failure Token 127\.0\.0\.1:\d+ refuses the OAuth client: 401 bad\.credentials\./,
    help: "a client exists in one region only",
  },
  "a login that throttles": {
    env: async () => (await emulate({ tokenThrottle: { perMinute: 0 } })).env,
    line: /^failure Token 127\.0\.0\.1:\d+ throttles requests for tokens: rate limit exceeded; retry in \d+ seconds/,
    help: "lower it",
  },
  "an expired token": {
    env: () => service(refused(401, "credentials.expired")),
    line: /^failure Token The access token has expired\./,
    help: "Set a new token: GENESYSCLOUD_ACCESS_TOKEN.",
  },
  "a token of another region": {
    env: () => service(refused(401, "bad.credentials")),
    line: /^failure Token 127\.0\.0\.1:\d+ does not accept the token: 401 bad\.credentials\./,
    help: "a token is accepted in its own region only",
  },
  "an address that is not allowed": {
    env: () => service(refused(401, "ip.not.authorized")),
    line: /^failure Token 127\.0\.0\.1:\d+ does not accept the token from the address of this machine: 401 ip\.not\.authorized\./,
    help: "IP address",
  },
  "a rate limit that is used up": {
    env: () =>
      service((_request, response) => {
        response.writeHead(429, { "retry-after": "42" }).end('{"code":"too.many.requests"}');
      }),
    line: /^failure Rate limit The rate limit is used up: the service asks to wait 42 s/,
    help: "which other programs use the same credentials",
  },
  "a service that fails": {
    env: () => service(refused(503, "service.unavailable")),
    line: /^failure Connection 127\.0\.0\.1:\d+ responds with 503 service\.unavailable/,
    help: "Run the command again in a few minutes.",
  },
  "another server": {
    env: () => service((_request, response) => response.end("<html>Welcome</html>")),
    line: /^failure Connection 127\.0\.0\.1:\d+ does not respond as Genesys Cloud does: 200 bad\.answer\./,
    help: "Check that the URL is the URL of the API.",
  },
  "a clock that is ten minutes off": {
    env: () =>
      service((_request, response) => {
        const date = new Date(Date.now() + 600_000).toUTCString();
        response.writeHead(200, { date }).end('{"id":"00000000-0000-4000-8000-000000000001"}');
      }),
    line: /^failure Clock The clock of this machine is 10 min behind the clock of Genesys Cloud\./,
    help: "timedatectl set-ntp true",
  },
  "a token without permissions": {
    env: () => fixed({ permissions: [] }),
    line: /^failure To plan Missing: directory:user:view, for postUsersSearch of rooms\/bridge\. Missing: /,
    help: "Add one permission of each line to a role of these credentials.",
  },
  "a client whose permissions are not told": {
    code: 0,
    env: async () =>
      (await emulate({ variants: { refused: ["getAuthorizationSubjectsMe", "getUsersMe"] } })).env,
    line: /^warning To plan The service does not tell the permissions of these credentials \(GET \/authorization\/subjects\/me: 403 not\.authorized\)\. Needed are: directory:user:view/,
    help: "Compare these with the roles of the credentials",
  },
  "a state that is locked": {
    code: 0,
    async env() {
      const lock = await localStore({ path: join(cwd, "chatform.state.json") }).lock("apply", {
        timeoutMs: 0,
      });
      onTestFinished(() => lock.release());
      return fixed({});
    },
    line: /^warning Lock chatform\.state\.json is locked by \S+@\S+ \(\d+\) for apply since \d{4}-/,
    help: "chatform state unlock ",
  },
  "a journal that a killed run left": {
    code: 0,
    async env() {
      const path = join(cwd, "chatform.state.json");
      const writer = await localStore({ path }).open(undefined);
      await writer.append({ type: "shared", shared: [] });
      const journal = await readFile(`${path}.journal`);
      await writer.close();
      await rm(path);
      await writeFile(`${path}.journal`, journal);
      return fixed({});
    },
    line: /^warning Lock A run was killed: \S+\.journal has outcomes/,
    help: "chatform plan",
  },
  "a state of another org": {
    async env() {
      const env = await fixed({});
      expect((await runCli(["apply", "--auto-approve"], { cwd, env })).code).toBe(0);
      const state = await readFile(join(cwd, "chatform.state.json"), "utf8");
      await writeFile(
        join(cwd, "chatform.state.json"),
        state.replaceAll(/"id": "[0-9a-f-]{36}"(?=,\s*"name": "Example-Org")/g, `"id": "${other}"`),
      );
      return env;
    },
    line: /^failure Org The state belongs to Example-Org \(00000000-/,
    help: "Use the credentials of the state's org",
  },
  "a damaged state": {
    async env() {
      await writeFile(join(cwd, "chatform.state.json"), "{");
      return fixed({});
    },
    line: /^failure State chatform\.state\.json/,
    help: "Restore",
  },
  "a config with errors": {
    async env() {
      await writeFile(join(cwd, "chatform.yaml"), "version: 1\nroms: {}\n");
      return fixed({});
    },
    line: /^failure Config chatform\.yaml:2:1: Unknown key \(unknown-key\)\./,
    help: "chatform validate",
  },
  "a folder without a config": {
    code: 0,
    async env() {
      await rm(join(cwd, "chatform.yaml"));
      return fixed({});
    },
    line: /^warning Config There is no chatform\.yaml in this folder/,
    help: "chatform init",
  },
  "no credentials": {
    env: () => ({ GENESYSCLOUD_REGION: "eu-central-1" }),
    line: /^failure Settings GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET are not set\./,
    help: "Set GENESYSCLOUD_OAUTHCLIENT_ID",
  },
  "an unknown region": {
    env: () => ({ ...client, GENESYSCLOUD_REGION: "eu-central-7" }),
    line: /^failure Settings "eu-central-7" is not a region/,
    help: "Did you mean eu-central-1?",
  },
};

const other = "00000000-0000-4000-8000-0000000000ff";

/** Returns each check on one line. */
function checks({ stdout }: RunResult): readonly string[] {
  const lines = stdout.replaceAll(/\n {20}/g, " ").split("\n");
  return lines
    .map((line) => line.replaceAll(/ +/g, " "))
    .filter((line) => /^(?:ok|warning|failure) /.test(line));
}

describe("doctor", () => {
  it("shortens e-mails in addresses, and checks every environment", async () => {
    const room = "users: { jane.doe@example.com: { messages: { hi: { body: Hi } } } }";
    await writeFile(
      join(cwd, "chatform.yaml"),
      `version: 1\nenvironments: { test: {}, prod: {} }\n${room}\n`,
    );
    const env = await fixed({ permissions: ["directory:user:view"] });
    const { code, stdout } = await runCli(["doctor", "--env", "all", "--report", "markdown=doctor.md"], {
      cwd,
      env,
    });
    expect([code, stdout.match(/^== \w+ ==$/gm)]).toEqual([1, ["== test ==", "== prod =="]]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "getChatsUserMessage of users/j…@example.com/messages/hi.",
    );
    for (const text of [stdout, await readFile(join(cwd, "doctor.md"), "utf8")])
      expect(text).not.toContain("jane.doe");
  });

  it.each(Object.entries(environments))(
    "names %s",
    async (_name, { args = [], env, line, help, code = 1 }) => {
      const result = await runCli(["doctor", ...args], { cwd, env: await env() });
      const named = checks(result).filter((check) => check.match(line));
      expect(named, result.stdout + result.stderr).toHaveLength(1);
      expect(named[0]?.split("help:")[1]).toContain(help);
      expect([result.code, result.stderr]).toEqual([code, ""]);
      expect(result.stdout).not.toMatch(
        /the-client-secret|the-access-token|the-proxy-password|emulator-|Bridge of secrets|jane\.doe/,
      );
      expect(checks(result).filter((check) => check.startsWith("failure"))).toHaveLength(
        code === 1 ? named.length : 0,
      );
      expect(result.stdout.split("\n").filter((shown) => shown.length > 80 && shown.includes(". "))).toEqual(
        [],
      );
    },
  );
});
