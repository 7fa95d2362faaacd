import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../../../src/api/auth/connection.js";
import { readConnection } from "../../../../src/api/auth/profile.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import { DiagnosticsError } from "../../../../src/core/diagnostic.js";

const toml = `
[DEFAULT]
environment = "mypurecloud.ie"
client_credentials = "default-id"
client_secret = "default-secret"
logging_enabled = false

[Staging]
environment = "eu_central_1"
client_credentials = "staging-id"
client_secret = "staging-secret"
access_token = "staging-token"

[gated]
client_credentials = "id"
client_secret = "secret"
gateway_protocol = "https"
gateway_host = "gate.example.com"
gateway_port = 1443
gateway_pathparams = "{login: /in, api: out/}"
proxy_protocol = "http"
proxy_host = "proxy.example.com"
proxy_port = "3128"

[half]
environment = "mypurecloud.ie"
client_credentials = "id"
`;

async function home(content = toml): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chatform-profile-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, ".gc"));
  await writeFile(join(folder, ".gc", "config.toml"), content);
  return folder;
}

async function read(
  profile: string | undefined,
  env: Record<string, string> = {},
  content?: string,
): Promise<Connection> {
  return readConnection({ env, profile, home: await home(content) });
}

/** Returns the diagnostics that reading a connection throws. */
async function problems(connection: Promise<Connection>): Promise<readonly Diagnostic[]> {
  const error: unknown = await connection.catch((reason: unknown) => reason);
  return error instanceof DiagnosticsError ? error.diagnostics : [];
}

function codes(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

test("without a profile, the file is not read", async () => {
  expect(codes(await problems(read(undefined)))).toEqual(["no-region", "no-credentials"]);
});

test("a profile gives region and credentials, whatever the case of its name", async () => {
  const client = { type: "client", id: "default-id", secret: "default-secret" };
  expect(await read("default")).toMatchObject({ apiUrl: "https://api.mypurecloud.ie", credentials: client });
  expect(await read("staging")).toMatchObject({
    apiUrl: "https://api.mypurecloud.de",
    credentials: { type: "token", token: "staging-token" },
  });
});

test("a named profile replaces the variables", async () => {
  const env = {
    GENESYSCLOUD_REGION: "us-west-2",
    GENESYSCLOUD_ACCESS_TOKEN: "production",
    GENESYSCLOUD_TOKEN_POOL_SIZE: "5",
    GENESYSCLOUD_PROXY_HOST: "proxy.example.com",
  };
  expect(await read("DEFAULT", env)).toMatchObject({
    apiUrl: "https://api.mypurecloud.ie",
    credentials: { type: "client", id: "default-id" },
    tokenPoolSize: 5,
    apiProxy: { url: "http://proxy.example.com" },
  });
});

test("a profile may have a gateway and a proxy", async () => {
  expect(await read("gated")).toMatchObject({
    apiUrl: "https://gate.example.com:1443/out",
    loginUrl: "https://gate.example.com:1443/in",
    apiProxy: { url: "http://proxy.example.com:3128" },
  });
});

test("reports what is wrong with a profile", async () => {
  const unknown = await problems(read("stagin"));
  expect(codes(unknown)).toEqual(["bad-profile"]);
  expect(JSON.stringify(unknown)).toContain("Did you mean Staging?");
  const half = await problems(read("half"));
  expect(codes(half)).toEqual(["bad-profile"]);
  expect(JSON.stringify(half)).toContain("client_secret");
  const nowhere = join(await home(), "nobody");
  const missing = await problems(readConnection({ env: {}, profile: "x", home: nowhere }));
  expect(codes(missing)).toEqual(["bad-profile"]);
  expect(JSON.stringify(missing)).toContain(" does not exist.");
});

test("a file that is not TOML is reported without showing it", async () => {
  const result = await problems(read("x", {}, '[x]\nclient_secret = "top-secret\n'));
  expect(codes(result)).toEqual(["bad-profile"]);
  expect(JSON.stringify(result)).not.toContain("top-secret");
});

const now = Date.parse("2026-07-01T08:00:00Z");

/** A profile of the vendor's CLI with a login in the browser, as the CLI writes it. */
function browserProfile(data: unknown, more = 'grant_type = "3"'): string {
  const login = data === undefined ? "" : `oauth_token_data = ${JSON.stringify(JSON.stringify(data))}`;
  return `[me]\nenvironment = "mypurecloud.ie"\nclient_credentials = "id"\n${more}\n${login}\n`;
}

const login = {
  ...{ access_token: "of-a-user", token_type: "bearer", expires_in: 86_399, error: "" },
  oauth_token_expiry: "2026-07-02T08:00:00+02:00",
};

async function readBrowser(data: unknown, more?: string): Promise<Connection> {
  return readConnection({
    env: {},
    profile: "me",
    home: await home(browserProfile(data, more)),
    now: () => now,
  });
}

test.each([
  ["PKCE", 'grant_type = "3"'],
  ["implicit", 'grant_type = "2"'],
  ["implicit, with a secret", 'grant_type = "2"\nclient_secret = "secret"'],
  ["implicit, written by an older CLI", 'redirect_uri = "http://localhost:8080"'],
])("a profile with a login in the browser gives the user's token: %s", async (_grant, more) => {
  const { credentials } = await readBrowser(login, more);
  expect(credentials).toEqual({ type: "token", token: "of-a-user" });
});

test("an access token of its own goes before the login, and a client's cached token is not used", async () => {
  const own = await readBrowser(login, 'grant_type = "3"\naccess_token = "own"');
  expect(own.credentials).toEqual({ type: "token", token: "own" });
  const client = await readBrowser(login, 'grant_type = "1"\nclient_secret = "secret"');
  expect(client.credentials).toEqual({ type: "client", id: "id", secret: "secret" });
});

test.each([
  ["no login yet", undefined],
  ["without an access token", { token_type: "bearer" }],
  ["without an access token", "no object"],
  ["expired at 2026-07-01T07:59:59.000Z", { ...login, oauth_token_expiry: "2026-07-01T07:59:59Z" }],
])("a login that gives no token says how to get one: %s", async (detail, data) => {
  const [problem, ...others] = await problems(readBrowser(data));
  expect(others).toEqual([]);
  expect(problem).toMatchObject({
    code: "bad-profile",
    help: expect.stringContaining("--profile me") as string,
  });
  expect(problem?.detail).toContain(detail);
  expect(JSON.stringify(problem)).not.toContain("of-a-user");
});
