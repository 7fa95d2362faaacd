import { StateError } from "../errors.js";

/** Credentials that a config would send to a server, and the server that they are for. */
export interface OtherServer {
  readonly backend: "http" | "pg" | "s3";
  /** The credentials, or the requests that they sign: `TF_HTTP_PASSWORD`. */
  readonly what: string;
  /** The server that the config names. */
  readonly server: string;
  /** The variable that names the server of the credentials, and that server. */
  readonly variable: string;
  readonly own: string;
  /** The members of `state` that name the other server. */
  readonly members: string;
}

/**
 * Returns the error for a config that would send credentials of the variables to another server than the variables name. A rule for CI
 * only: there, others may change the config, and the credentials are not theirs.
 */
export function otherServerError(other: OtherServer): StateError {
  const { backend, what, server, variable, own, members } = other;
  return new StateError({
    code: "backend-config",
    location: `state backend ${backend}`,
    detail: `The config would send ${what} to ${server}, but ${variable} names ${own}.`,
    help: `Remove ${members} of \`state\` from the config, or correct ${variable}.`,
  });
}
