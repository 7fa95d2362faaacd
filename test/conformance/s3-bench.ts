import type { Clock } from "../../src/core/time/clock.js";
import { systemClock } from "../../src/core/time/clock.js";
import type { S3Config } from "../../src/state/remote/s3/s3-options.js";
import { s3Options } from "../../src/state/remote/s3/s3-options.js";
import { signedHeaders } from "../../src/state/remote/s3/signature.js";
import type { S3StoreOptions } from "../../src/state/remote/s3/s3-store.js";
import { s3Store } from "../../src/state/remote/s3/s3-store.js";
import type { StateStore } from "../../src/state/store.js";

/** Variables with credentials, and without anything of this machine. */
const awsEnv = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Retries at once. */
const hastyClock: Clock = {
  ...systemClock,
  async sleep(_ms, signal) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  },
};

/** Puts this in place of what is kept under a key. */
export async function putRaw(endpoint: string, key: string, body: string): Promise<void> {
  const address = new URL(`${endpoint}/states/${key.split("/").map(encodeURIComponent).join("/")}`);
  const credentials = {
    accessKeyId: awsEnv.AWS_ACCESS_KEY_ID,
    secretAccessKey: awsEnv.AWS_SECRET_ACCESS_KEY,
  };
  const request = { method: "PUT", address, headers: {}, body, credentials, region: "us-east-1" } as const;
  const headers = await signedHeaders({ ...request, service: "s3", at: Date.now() });
  const { ok, status } = await fetch(address, { method: "PUT", headers, body });
  if (!ok) throw new Error(`PUT ${address.href}: ${status}`);
}

/** Opens a state in the bucket `states` of a server. */
export async function openS3(
  endpoint: string,
  more: Partial<Omit<S3StoreOptions, "server">> & {
    readonly config?: S3Config;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<StateStore> {
  const { config, env, ...options } = more;
  const server = await s3Options(
    { bucket: "states", key: "chat/chatform.state.json", endpoint, ...config },
    { ...awsEnv, ...env },
    "/nonexistent",
  );
  return s3Store({
    ...{ server, clock: hastyClock, gatherMs: 1, time: { timeoutMs: 30_000 } },
    rescue: async () => Promise.reject(new Error("not in this test")),
    ...options,
  });
}
