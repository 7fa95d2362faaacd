import type { SessionArgs } from "../../parse/options.js";
import { sessionOptions } from "../../parse/options.js";

/** The options that the doctor does not have. */
export const sessionDefaults: SessionArgs = {
  "lock-timeout": sessionOptions["lock-timeout"].default,
  timeout: sessionOptions.timeout.default,
  parallelism: sessionOptions.parallelism.default,
  "max-wait": sessionOptions["max-wait"].default,
  patience: sessionOptions.patience.default,
};
