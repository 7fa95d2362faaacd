import { expect, test } from "vitest";
import type { Connection } from "../../../../src/api/auth/connection.js";
import { connectionFromEnv } from "../../../../src/api/auth/connection.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import { DiagnosticsError } from "../../../../src/core/diagnostic.js";

const identity = { GENESYSCLOUD_OAUTHCLIENT_ID: "id", GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret" };

type Env = Record<string, string>;

const connection: (env: Env) => Connection = connectionFromEnv;

function problems(env: Env): readonly Diagnostic[] {
  try {
    connectionFromEnv(env);
    return [];
  } catch (error) {
    if (error instanceof DiagnosticsError) return error.diagnostics;
    throw error;
  }
}

function codes(env: Env): readonly string[] {
  return problems(env).map(({ code }) => code);
}

test.each([
  ["eu-central-1", "mypurecloud.de"],
  ["EU_Central_1", "mypurecloud.de"],
  ["me_central_1", "mec1.pure.cloud"],
  ["us-east-2", "use2.us-gov-pure.cloud"],
  ["mypurecloud.ie", "mypurecloud.ie"],
  ["api.mypurecloud.com.au", "mypurecloud.com.au"],
  ["login.usw2.pure.cloud", "usw2.pure.cloud"],
  ["https://api.mypurecloud.jp/", "mypurecloud.jp"],
  ["https://apps.mypurecloud.de/directory/", "mypurecloud.de"],
  [" xyz9.pure.cloud ", "xyz9.pure.cloud"],
])("the region %j is at %s", (region, host) => {
  expect(connection({ ...identity, GENESYSCLOUD_REGION: region })).toEqual({
    apiUrl: `https://api.${host}`,
    loginUrl: `https://login.${host}`,
    credentials: { type: "client", id: "id", secret: "secret" },
  });
});

test.each([
  "eu-centrall-1",
  "mypurecloud.co",
  "mypurecloud.xyz",
  "evilpure.cloud",
  "mypurecloud.de.example.com",
  "example.com",
  "pure.cloud.evil.com",
  "evil.com/mypurecloud.de",
  "http://mypurecloud.de",
])("%j is not a region", (region) => {
  expect(codes({ ...identity, GENESYSCLOUD_REGION: region })).toEqual(["unknown-region"]);
});

test("suggests a region with a similar name", () => {
  const [problem] = problems({ ...identity, GENESYSCLOUD_REGION: "EU_CENTRAL_l" });
  expect(problem?.help).toContain("eu-central-1");
});

test("reports all missing variables at once", () => {
  expect(codes({})).toEqual(["no-region", "no-credentials"]);
  const [problem] = problems({ GENESYSCLOUD_REGION: "eu-west-1", GENESYSCLOUD_OAUTHCLIENT_ID: "id" });
  expect(problem?.code).toBe("no-credentials");
  expect(problem?.detail).toContain("GENESYSCLOUD_OAUTHCLIENT_SECRET");
  expect(problem?.detail).not.toContain("GENESYSCLOUD_OAUTHCLIENT_ID");
  expect(codes({ GENESYSCLOUD_ACCESS_TOKEN: " " })).toEqual(["no-region", "no-credentials"]);
});

test("an access token wins, and has no pool", () => {
  const env = { ...identity, GENESYSCLOUD_ACCESS_TOKEN: "tok\n", GENESYSCLOUD_TOKEN_POOL_SIZE: "10" };
  expect(connection({ ...env, GENESYSCLOUD_REGION: "eu-west-1" })).toMatchObject({
    credentials: { type: "token", token: "tok" },
    tokenPoolSize: 1,
  });
});

test("an invalid access token is reported without showing it", () => {
  const env = { GENESYSCLOUD_ACCESS_TOKEN: "Bearer se\ncret", GENESYSCLOUD_REGION: "eu-west-1" };
  expect(codes(env)).toEqual(["bad-access-token"]);
  expect(JSON.stringify(problems(env))).not.toContain("cret");
});

test.each([
  ["1", 1],
  ["50", 50],
  [" 7 ", 7],
])("a pool of %j tokens", (size, expected) => {
  const env = { ...identity, GENESYSCLOUD_REGION: "eu-west-1", GENESYSCLOUD_TOKEN_POOL_SIZE: size };
  expect(connection(env).tokenPoolSize).toBe(expected);
});

test.each(["0", "51", "-1", "1.5", "many", "NaN"])("%j is not a pool size", (size) => {
  const env = { ...identity, GENESYSCLOUD_REGION: "eu-west-1", GENESYSCLOUD_TOKEN_POOL_SIZE: size };
  expect(codes(env)).toEqual(["bad-token-pool-size"]);
});

test.each([
  "http://127.0.0.1:9000",
  "http://127.1.2.3",
  "http://[::1]:9000",
  "http://localhost:9000/base",
  "https://chat.example.com",
])("%s is accepted", (url) => {
  const env = { ...identity, CHATFORM_API_URL: `${url}/`, CHATFORM_LOGIN_URL: url };
  expect(connection(env)).toMatchObject({ apiUrl: url, loginUrl: url });
});

test.each([
  "http://example.com",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "http://10.0.0.1",
  "http://0.0.0.0",
  "http://[::2]",
  "http://127.0.0.1@example.com",
  "ftp://127.0.0.1",
  "https://user:pass@example.com",
  "https://example.com/?a=b",
  "example.com",
  "https://",
])("%s is refused", (url) => {
  const token = { GENESYSCLOUD_ACCESS_TOKEN: "t" };
  expect(["plain-http", "bad-url"]).toContain(codes({ ...token, CHATFORM_API_URL: url })[0]);
  expect(codes({ ...identity, CHATFORM_API_URL: "https://x.example", CHATFORM_LOGIN_URL: url })).toHaveLength(
    1,
  );
});

test("does not show a password that was written into a URL", () => {
  const env = { ...identity, CHATFORM_API_URL: "https://me:pa@ss@example.com/x?key=k1" };
  expect(JSON.stringify(problems(env))).not.toMatch(/pa@|ss@|k1/);
});

test("numeric forms of loopback are normalized by the URL parser", () => {
  const env = { GENESYSCLOUD_ACCESS_TOKEN: "t", CHATFORM_API_URL: "http://2130706433:9000" };
  expect(connection(env).apiUrl).toBe("http://127.0.0.1:9000");
});

test("with an access token, an API URL is enough; an OAuth client needs a login URL", () => {
  const url = { CHATFORM_API_URL: "http://127.0.0.1:1" };
  expect(connection({ ...url, GENESYSCLOUD_ACCESS_TOKEN: "t" }).apiUrl).toBe("http://127.0.0.1:1");
  expect(codes({ ...url, ...identity })).toEqual(["no-region"]);
  expect(connection({ ...url, ...identity, GENESYSCLOUD_REGION: "eu-west-1" })).toMatchObject({
    apiUrl: "http://127.0.0.1:1",
    loginUrl: "https://login.mypurecloud.ie",
  });
});

test.each([
  [{}, "https://gate.example.com", "https://gate.example.com"],
  [{ PORT: "1443" }, "https://gate.example.com:1443", "https://gate.example.com:1443"],
  [
    { PORT: "443", PATH_NAME: "api", PATH_VALUE: "/apipath/" },
    "https://gate.example.com/apipath",
    "https://gate.example.com",
  ],
  [{ PATH_NAME: "login", PATH_VALUE: "in" }, "https://gate.example.com", "https://gate.example.com/in"],
])("accepts a gateway with %j", (more, apiUrl, loginUrl) => {
  const named = Object.entries({ HOST: "gate.example.com", ...more });
  const gateway = Object.fromEntries(named.map(([name, value]) => [`GENESYSCLOUD_GATEWAY_${name}`, value]));
  expect(connection({ ...identity, ...gateway })).toMatchObject({ apiUrl, loginUrl });
});

test("a gateway over plain http is only for this machine", () => {
  const env = {
    ...identity,
    GENESYSCLOUD_GATEWAY_PROTOCOL: "http",
    GENESYSCLOUD_GATEWAY_HOST: "gate.example.com",
  };
  expect(codes(env)).toEqual(["plain-http"]);
  const local = { ...env, GENESYSCLOUD_GATEWAY_HOST: "127.0.0.1", GENESYSCLOUD_GATEWAY_PORT: "8080" };
  expect(connection(local).apiUrl).toBe("http://127.0.0.1:8080");
});
