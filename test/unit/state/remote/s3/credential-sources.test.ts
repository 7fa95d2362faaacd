/** Where credentials come from: containers, instances, commands and roles, with servers of this machine in their places. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../../src/core/time/clock.js";
import type { StateStore } from "../../../../../src/state/store.js";
import { openS3 } from "../../../../conformance/s3-bench.js";
import type { S3Server } from "../../../../conformance/s3-server.js";
import { startS3Server } from "../../../../conformance/s3-server.js";
import { getStateError } from "../../state-error.js";
import type { Issuer, IssuerRequest } from "./issuer.js";
import { startIssuer } from "./issuer.js";

let folder: string;
let server: S3Server;
let issuer: Issuer;
/** The credentials that were issued. */
let issued: number;
let isDown: boolean;
let issuerAheadMs: number;
const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
const role = "arn:aws:iam::123456789012:role/chatform";
const lifeMs = 3_600_000;

/** The time of both the servers and this machine. */
function now(): number {
  return Date.now() + server.aheadMs;
}

function respond({ method, url: path, headers }: IssuerRequest): string | undefined {
  if (isDown) return undefined;
  if (path === "/latest/api/token")
    return method === "PUT" && headers["x-aws-ec2-metadata-token-ttl-seconds"] !== undefined
      ? "session"
      : undefined;
  const isSession = headers["x-aws-ec2-metadata-token"] === "session";
  if (path.endsWith("/security-credentials/")) return isSession ? "a-role\n" : undefined;
  const isAllowed = path.endsWith("/a-role") ? isSession : headers["authorization"] === "pod-token";
  const isSts = method === "POST" && signedNow(headers["x-amz-date"]);
  if (!isAllowed && !isSts) return undefined;
  const Expiration = new Date(now() + lifeMs).toISOString();
  const members = { AccessKeyId: `ASIA${++issued}`, SecretAccessKey: "secret", Token: "session", Expiration };
  return isSts
    ? Object.entries(members)
        .map(([name, value]) => `<${name}>${value}</${name}>`)
        .join("")
    : JSON.stringify(members);
}

function signedNow(date: unknown): boolean {
  const signed = String(date).replace(/(....)(..)(..T..)(..)/, "$1-$2-$3:$4:");
  return Math.abs(Date.parse(signed) - Date.now() - issuerAheadMs) < 300_000;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-aws-"));
  server = await startS3Server();
  [issued, isDown, issuerAheadMs] = [0, false, 0];
  issuer = await startIssuer(respond, () => Date.now() + issuerAheadMs);
});

afterEach(async () => {
  await server.close();
  issuer.close();
  await rm(folder, { recursive: true, force: true });
});

function open(env: Readonly<Record<string, string>>, profile?: string): Promise<StateStore> {
  const config = profile === undefined ? {} : { config: { profile } };
  return openS3(server.url, { env: { ...none, ...env }, clock: { ...systemClock, now }, ...config });
}

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function profiles(text: string): Promise<Record<string, string>> {
  return {
    AWS_CONFIG_FILE: await write("config", text),
    AWS_ENDPOINT_URL_STS: issuer.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: issuer.url,
  };
}

function keyId(): string | undefined {
  return /Credential=([^/]+)/.exec(server.requests.at(-1)?.headers.authorization ?? "")?.[1];
}

const instance = (): Record<string, string> => ({
  AWS_EC2_METADATA_DISABLED: "",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: issuer.url,
});

const container = async (): Promise<Record<string, string>> => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${issuer.url}/v1/credentials`,
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: await write("pod-token", "pod-token\n"),
});

describe("credentials come from", () => {
  it("the service of a container, with its token in a file", async () => {
    await (await open(await container())).read();
    expect([keyId(), server.requests.at(-1)?.headers["x-amz-security-token"]]).toEqual(["ASIA1", "session"]);
  });

  it("the metadata service of an instance, in its second version", async () => {
    await (await open(instance())).read();
    expect(keyId()).toBe("ASIA1");
  });

  it("the command of a profile", async () => {
    const file = await write(
      "out.json",
      JSON.stringify({ AccessKeyId: "AKIACOMMAND", SecretAccessKey: "s" }),
    );
    const env = await profiles(`\uFEFF[profile tool]\ncredential_process = cat "${file}"\n`);
    await (await open(env, "tool")).read();
    expect(keyId()).toBe("AKIACOMMAND");
    await rm(file);
    expect((await getStateError((await open(env, "tool")).read())).detail).toContain(
      "command of credential_process",
    );
  });

  it("the role of a profile, with those of the instance as its source", async () => {
    const env = await profiles(
      `[profile ops]\nrole_arn = ${role}\ncredential_source = Ec2InstanceMetadata\n`,
    );
    await (await open({ ...instance(), ...env }, "ops")).read();
    expect([keyId(), issued]).toEqual(["ASIA2", 2]);
  });
});

it("renews credentials before their end, however long a run is", async () => {
  const store = await open(await container());
  const seen: (string | undefined)[] = [];
  for (let minutes = 0; minutes < 180; minutes += 30) {
    await store.read();
    seen.push(keyId());
    server.aheadMs += 30 * 60_000;
  }
  expect(seen).toEqual(["ASIA1", "ASIA1", "ASIA2", "ASIA2", "ASIA3", "ASIA3"]);
});

it("uses credentials up to their end where they can't be renewed, and then says why", async () => {
  const store = await open(await container());
  await store.read();
  isDown = true;
  server.aheadMs += lifeMs - 60_000;
  await store.read();
  expect(keyId()).toBe("ASIA1");
  server.aheadMs += 120_000;
  const { detail } = await getStateError(store.read());
  expect(detail).toMatch(/^The container's credential service http:\S+ responded with 403\.$/);
  isDown = false;
  await store.read();
  expect(keyId()).toBe("ASIA2");
});

it("does not renew credentials with a short life at each request", async () => {
  const file = await write(
    "out.json",
    JSON.stringify({
      ...{ AccessKeyId: "AKIAONE", SecretAccessKey: "s" },
      Expiration: new Date(Date.now() + 60_000).toISOString(),
    }),
  );
  const store = await open(await profiles(`[profile tool]\ncredential_process = cat "${file}"\n`), "tool");
  await store.read();
  await writeFile(file, JSON.stringify({ AccessKeyId: "AKIATWO", SecretAccessKey: "s" }));
  await store.read();
  expect(keyId()).toBe("AKIAONE");
  server.aheadMs += 40_000;
  await store.read();
  expect(keyId()).toBe("AKIATWO");
});

it("signs for a role by the clock of the issuer where this machine's is off", async () => {
  const keys = "aws_access_key_id = AKIA\naws_secret_access_key = s";
  const env = await profiles(`[profile ops]\nrole_arn = ${role}\nsource_profile = ops\n${keys}\n`);
  issuerAheadMs = 7_200_000;
  await (await open(env, "ops")).read();
  expect(keyId()).toMatch(/^ASIA/);
});

describe("names", () => {
  it.each([
    [
      "a code of an MFA device",
      `role_arn = ${role}\nsource_profile = x\nmfa_serial = m`,
      "export-credentials",
    ],
    ["a role_arn, but no source_profile", `role_arn = ${role}`, "source_profile"],
    ["credential_source Nowhere", `role_arn = ${role}\ncredential_source = Nowhere`, "source_profile"],
    ["ops is its own source_profile", `role_arn = ${role}\nsource_profile = loop`, "Correct source_profile"],
    ["only one of the access key's ID", "aws_access_key_id = AKIA", "Set both"],
    [
      "The token in /nonexistent",
      `role_arn = ${role}\nweb_identity_token_file = /nonexistent`,
      "Check web_identity",
    ],
  ])("%s as the problem of a profile", async (problem, settings, help) => {
    const loop = `[profile loop]\nrole_arn = ${role}\nsource_profile = ops\n`;
    const env = await profiles(`[profile ops]\n${settings}\n${loop}`);
    const error = await getStateError(open(env, "ops").then((store) => store.read()));
    expect(error.code).toBe("backend-config");
    expect([error.detail, error.help]).toEqual([
      expect.stringContaining(problem),
      expect.stringContaining(help),
    ]);
  });

  it("what a job lacks that has a role, but no identity", async () => {
    const { detail, help } = await getStateError((await open({ AWS_ROLE_ARN: role })).read());
    expect([detail, help]).toEqual([
      expect.stringContaining("no identity token"),
      expect.stringContaining("id-token: write"),
    ]);
  });
});
