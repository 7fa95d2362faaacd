import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signedHeaders } from "../../../../../src/state/remote/s3/signature.js";
import { openS3 } from "../../../../conformance/s3-bench.js";
import type { S3Server } from "../../../../conformance/s3-server.js";
import { startS3Server } from "../../../../conformance/s3-server.js";
import { getStateError } from "../../state-error.js";
import type { Issuer } from "./issuer.js";
import { startIssuer } from "./issuer.js";

let server: S3Server;
let issuer: Issuer;
let asked: string[];
let folder: string;
const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-aws-"));
  server = await startS3Server();
  asked = [];
  issuer = await startIssuer(({ method, url, headers, body }) => {
    asked.push(`${method} ${url} ${headers.authorization ?? ""} ${body}`.trim());
    const id = `ASIA${asked.length}`;
    const token = JSON.stringify({ value: "the.job.token" });
    const sts = `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secret-of-sts</SecretAccessKey><SessionToken>session-of-sts</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>`;
    return method === "GET" ? token : sts;
  });
});

afterEach(async () => {
  await server.close();
  issuer.close();
  await rm(folder, { recursive: true, force: true });
});

function keyId(): string | undefined {
  return /Credential=([^/]+)/.exec(server.requests.at(-1)?.headers.authorization ?? "")?.[1];
}

it("signs as in AWS's published example", async () => {
  const headers = await signedHeaders({
    ...{ method: "GET", address: new URL("https://examplebucket.s3.amazonaws.com/?lifecycle"), headers: {} },
    credentials: {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    },
    ...{ region: "us-east-1", service: "s3", at: Date.parse("2013-05-24T00:00:00Z") },
  });
  expect(headers).toMatchObject({
    "x-amz-date": "20130524T000000Z",
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543$/,
    ) as string,
  });
});

describe("credentials", () => {
  it("come from the identity of a job of GitHub Actions, and are hidden", async () => {
    const hidden: string[] = [];
    const env = {
      ...none,
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/chatform",
      AWS_ENDPOINT_URL_STS: issuer.url,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?v=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the-request-token",
    };
    const store = await openS3(server.url, { env, hide: (values) => hidden.push(...values) });
    expect([await store.read(), await store.read(), keyId()]).toEqual([undefined, undefined, "ASIA2"]);
    expect(asked[0]).toBe("GET /token?v=2&audience=sts.amazonaws.com Bearer the-request-token");
    expect(asked[1]).toContain("Action=AssumeRoleWithWebIdentity");
    expect(asked[1]).toContain("WebIdentityToken=the.job.token");
    expect([asked.length, hidden]).toEqual([2, ["secret-of-sts", "session-of-sts"]]);
    expect(server.requests.at(-1)?.headers["x-amz-security-token"]).toBe("session-of-sts");
  });

  it("are renewed when the server calls them expired", async () => {
    const token = join(folder, "token");
    await writeFile(token, "a.token.file\n");
    const env = {
      ...none,
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/chatform",
      AWS_WEB_IDENTITY_TOKEN_FILE: token,
      AWS_ENDPOINT_URL_STS: issuer.url,
    };
    const store = await openS3(server.url, { env });
    server.faults.push({ method: "GET", with: [400, "ExpiredToken"] });
    expect([await store.read(), keyId()]).toEqual([undefined, "ASIA2"]);
  });

  it("of a profile with a session token are read again when the server calls them expired", async () => {
    const credentials = join(folder, "credentials");
    const write = (id: string): Promise<void> =>
      writeFile(
        credentials,
        `[default]\naws_access_key_id = ${id}\naws_secret_access_key = secret-of-${id}\naws_session_token = session-of-${id}\n`,
      );
    await write("ASIAONE");
    const hidden: string[] = [];
    const env = { ...none, AWS_SHARED_CREDENTIALS_FILE: credentials };
    const store = await openS3(server.url, { env, hide: (values) => hidden.push(...values) });
    await store.read();
    expect(keyId()).toBe("ASIAONE");
    await write("ASIATWO");
    await store.read();
    expect(keyId()).toBe("ASIAONE");
    server.faults.push({ method: "GET", with: [400, "ExpiredToken"] });
    expect([await store.read(), keyId()]).toEqual([undefined, "ASIATWO"]);
    expect(hidden).toContain("secret-of-ASIATWO");
    // Nobody has renewed them: one more attempt, then the error.
    await rm(credentials);
    for (let at = 0; at < 2; at++) server.faults.push({ method: "GET", with: [400, "ExpiredToken"] });
    const { code, help } = await getStateError(store.read());
    expect([code, help]).toEqual(["backend-refused", expect.stringContaining("AWS credentials")]);
    expect(server.faults).toEqual([]);
  });

  it("come from the profile, of the config or of AWS_PROFILE", async () => {
    const [config, credentials] = [join(folder, "config"), join(folder, "credentials")];
    await writeFile(
      config,
      `[default]\nregion = eu-west-1\ns3 =\n  addressing_style = path\n[profile base]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = keys\n[profile sso]\nsso_session = x\n`,
    );
    await writeFile(
      credentials,
      "# comment\n[keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key=secret=1\n",
    );
    const env = {
      ...none,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_ENDPOINT_URL_STS: issuer.url,
    };
    await (await openS3(server.url, { env: { ...env, AWS_PROFILE: "keys" } })).read();
    expect(keyId()).toBe("AKIAKEYS");
    await (await openS3(server.url, { env, config: { profile: "base" } })).read();
    expect([keyId(), asked[0]]).toEqual(["ASIA1", expect.stringContaining("Action=AssumeRole&")]);
    for (const [profile, help] of [
      ["sso", "aws configure export-credentials"],
      ["missing", "aws configure --profile missing"],
    ] as const) {
      const error = await getStateError(openS3(server.url, { env, config: { profile } }));
      expect([error.code, error.help]).toEqual(["backend-config", expect.stringContaining(help)]);
    }
  });

  it("that are missing are an error", async () => {
    const error = await getStateError((await openS3(server.url, { env: none })).read());
    expect([error.code, error.detail]).toEqual(["backend-config", "There are no AWS credentials."]);
  });
});

it("signs by the server's clock where this machine's is off", async () => {
  server.aheadMs = 3_600_000;
  expect(await (await openS3(server.url)).read()).toBeUndefined();
  expect(server.requests).toHaveLength(2);
});

it.each([
  [403, "AccessDenied", {}, "s3:ListBucket"],
  [404, "NoSuchBucket", {}, "Create the bucket"],
  // Of an unknown user, as versitygw responds; and of a proxy.
  [404, "XAdminUserNotFound", {}, "Check `state.bucket`"],
  [404, "", {}, "Check `state.bucket`"],
  [301, "PermanentRedirect", { "x-amz-bucket-region": "eu-central-1" }, "region: eu-central-1"],
] as const)("says what to do about %d %s", async (status, code, headers, help) => {
  server.faults.push({ method: "GET", with: [status, code], headers });
  const error = await getStateError((await openS3(server.url)).read());
  expect([error.code, error.help]).toEqual(["backend-refused", expect.stringContaining(help)]);
  expect(error.detail).not.toContain("words of the server");
});

it.each([
  [{ bucket: "" }, "bucket"],
  [{ key: "a/../b" }, "a/../b is not a key"],
  [{ key: "/a" }, "/a is not a key"],
  [{ endpoint: "http://states.example.com" }, "plain http"],
  [{ region: "eu central" }, "eu central is not a region"],
  [{ endpoint: "http://127.0.0.1:1", usePathStyle: false }, "is not the name of a host"],
])("refuses the options %j", async (config, detail) => {
  const error = await getStateError(openS3(server.url, { config }));
  expect([error.code, error.detail]).toEqual(["backend-config", expect.stringContaining(detail)]);
});
