import { readFile } from "node:fs/promises";
import { isCi } from "../../../core/ci.js";
import type { Diagnostic } from "../../../core/diagnostic.js";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import type { Proxy } from "../../../http/proxy.js";
import { usualProxy } from "../../../http/proxy.js";
import type { TlsOptions } from "../../../http/transport.js";
import { parseHttpUrl } from "../../../http/url.js";
import { otherServerError } from "../other-server.js";
import type { ServerClientOptions } from "../server-client.js";
import { awsDomain } from "./aws-domain.js";
import type { AwsProfiles } from "./aws-profiles.js";
import { chosenProfile, readAwsProfiles } from "./aws-profiles.js";
import { chooseCredentials } from "./credential-source.js";
import type { CredentialSource } from "./credentials.js";
import { refuseClearText, s3ConfigError } from "./s3-errors.js";

/** The members of `state:` in the config that the `s3` backend reads. The environment fills in missing ones. */
export interface S3Config {
  readonly bucket?: string;
  readonly key?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly usePathStyle?: boolean;
  readonly profile?: string;
  readonly kmsKeyId?: string;
  readonly retryMax?: number;
}

/** The options of the `s3` backend. */
export interface S3Options extends Pick<ServerClientOptions, "retries" | "tls" | "proxy"> {
  /** The URL of the bucket, without a slash at the end. */
  readonly address: string;
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly credentials: CredentialSource;
  readonly kmsKeyId: string | undefined;
}

/**
 * Reads the options from the config, from the variables and from the files that AWS's tools share. Source of the variables:
 * AWS SDKs and Tools Reference Guide.
 *
 * @param home the folder of ~/.aws
 * @throws StateError backend-config
 */
export async function s3Options(config: S3Config, env: Environment, home: string): Promise<S3Options> {
  const { bucket, key } = checkedNames(config);
  const readProfiles = (): Promise<AwsProfiles> => readAwsProfiles(env, home);
  const profiles = await readProfiles();
  const settings = profiles.get(config.profile ?? chosenProfile(env) ?? "default") ?? {};
  refuseOtherServer(config, env);
  const endpoint = parseEndpoint(config.endpoint ?? ownEndpoint(env)?.[1] ?? settings["endpoint_url"]);
  const region =
    config.region ??
    variable(env, "AWS_REGION") ??
    variable(env, "AWS_DEFAULT_REGION") ??
    settings["region"] ??
    (endpoint === undefined ? undefined : "us-east-1");
  if (region === undefined)
    throw s3ConfigError("The state backend s3 has no region.", "Set `state.region` or AWS_REGION.");
  if (!/^[a-z0-9-]+$/i.test(region))
    throw s3ConfigError(`${region} is not a region of AWS.`, "Write a region like eu-central-1.");
  return {
    ...{ address: bucketAddress(config, bucket, region, endpoint), bucket, key, region },
    credentials: chooseCredentials({ env, profiles, readProfiles, profile: config.profile, region }),
    kmsKeyId: config.kmsKeyId,
    retries: { max: config.retryMax ?? 2, minWaitMs: 1_000, maxWaitMs: 30_000 },
    tls: await readTls(env),
    proxy: (address) => getProxy(address, env),
  };
}

function checkedNames({ bucket, key }: S3Config): { readonly bucket: string; readonly key: string } {
  if (bucket === undefined || key === undefined)
    throw s3ConfigError(
      `The state backend s3 has no ${bucket === undefined ? "bucket" : "key"}.`,
      "Write: state: { backend: s3, bucket: NAME, key: chat/chatform.state.json }",
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket))
    throw s3ConfigError(
      `${bucket} is not the name of a bucket.`,
      "Write the name only, without a URL: 3 or more letters, digits, dots and hyphens.",
    );
  const segments = key.split("/");
  if (/\p{Cc}/u.test(key) || segments.some((segment) => ["", ".", ".."].includes(segment)))
    throw s3ConfigError(
      `${key} is not a key of a state.`,
      "Write names with slashes between them, for example: chat/chatform.state.json",
    );
  return { bucket, key };
}

/** Returns the URL of the bucket: in AWS with the bucket in the host, elsewhere in the path, unless the config decides. */
function bucketAddress(
  { usePathStyle }: S3Config,
  bucket: string,
  region: string,
  endpoint: URL | undefined,
): string {
  const base = endpoint ?? new URL(`https://s3.${region}.${awsDomain(region)}`);
  // A certificate for *.HOST does not cover a name with dots.
  const isInPath = usePathStyle ?? (endpoint !== undefined || bucket.includes("."));
  const path = base.pathname.replace(/\/+$/, "");
  if (isInPath) return `${base.origin}${path}/${bucket}`;
  const address = `${base.protocol}//${bucket}.${base.host}${path}`;
  if (URL.canParse(address)) return address;
  // An address like 127.0.0.1 can't have a name before it.
  throw s3ConfigError(`${bucket}.${base.host} is not the name of a host.`, "Set: usePathStyle: true");
}

/** Returns the variable that names the server, and its value. */
function ownEndpoint(env: Environment): readonly [variable: string, value: string] | undefined {
  return ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].flatMap((name) => {
    const value = variable(env, name);
    return value === undefined ? [] : [[name, value] as const];
  })[0];
}

/** In CI, refuses a config that would send what the job's credentials sign to another server than the variables name. */
function refuseOtherServer(config: S3Config, env: Environment): void {
  const [name = "", value] = (isCi(env) ? ownEndpoint(env) : undefined) ?? [];
  const [own, given] = [parseEndpoint(value), parseEndpoint(config.endpoint)];
  if (own === undefined || given === undefined || own.origin === given.origin) return;
  throw otherServerError({
    ...{ backend: "s3", what: "requests signed with the AWS credentials", server: given.origin },
    ...{ variable: name, own: own.origin, members: "`endpoint`" },
  });
}

function parseEndpoint(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = parseHttpUrl(text);
  if (url?.search !== "" || url.username !== "")
    throw s3ConfigError(
      "The endpoint of the state backend s3 is not an http or https URL.",
      "Write a URL like https://s3.example.com.",
    );
  refuseClearText(url, "the endpoint of the state backend s3");
  return url;
}

async function readTls(env: Environment): Promise<TlsOptions> {
  const path = variable(env, "AWS_CA_BUNDLE");
  if (path === undefined) return { rejectUnauthorized: true };
  try {
    return { rejectUnauthorized: true, ca: await readFile(path, "utf8") };
  } catch (error) {
    throw s3ConfigError(`The file of AWS_CA_BUNDLE can't be read: ${path}.`, "Correct the path.", error);
  }
}

/** Returns the proxy for an address. Addresses within the machine (169.254.0.0/16) need none. */
function getProxy(address: URL, env: Environment): Proxy | undefined {
  if (address.hostname.startsWith("169.254.") || address.hostname.startsWith("[fd00:ec2:")) return undefined;
  const problems: Diagnostic[] = [];
  const proxy = usualProxy(address, env, problems);
  const [problem] = problems;
  if (problem !== undefined)
    throw s3ConfigError(problem.detail ?? problem.summary, problem.help ?? "Unset the variable.");
  return proxy;
}
