import type { Clock } from "../../src/core/time/clock.js";
import { systemClock } from "../../src/core/time/clock.js";
import type { S3Config } from "../../src/state/remote/s3/s3-options.js";
import { s3Options } from "../../src/state/remote/s3/s3-options.js";
import type { S3StoreOptions } from "../../src/state/remote/s3/s3-store.js";
import { s3Store } from "../../src/state/remote/s3/s3-store.js";
import type { StateStore } from "../../src/state/store.js";

/** Variables with credentials, and without anything of this machine. */
export const awsEnv = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Retries at once. */
export const hastyClock: Clock = {
  ...systemClock,
  async sleep(_ms, signal) {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  },
};

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
