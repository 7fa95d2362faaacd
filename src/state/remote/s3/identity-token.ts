import { readFile } from "node:fs/promises";
import { toJsonObject } from "../../../core/json/json-object.js";
import type { Environment } from "../../../http/environment.js";
import { variable } from "../../../http/environment.js";
import { bodyText, isSuccess } from "../../../http/message.js";
import { parseHttpUrl } from "../../../http/url.js";
import type { SendToIssuer } from "./credentials.js";
import { refuseClearText, s3ConfigError } from "./s3-errors.js";

/** Gets the token that proves the identity. @throws StateError */
export type TokenSource = (send: SendToIssuer, signal?: AbortSignal) => Promise<string>;

/** Reads a token from a file each time: whoever issues tokens replaces the file. @param setting names the file @throws StateError */
export async function readToken(path: string, setting: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw s3ConfigError(`The token in ${path} can't be read.`, `Check ${setting}.`, error);
  }
}

/** Returns the tokens of a job of GitHub Actions; undefined elsewhere, and for a job without `id-token: write`. */
export function githubToken(env: Environment): TokenSource | undefined {
  const url = parseHttpUrl(variable(env, "ACTIONS_ID_TOKEN_REQUEST_URL") ?? "");
  const secret = variable(env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url === undefined || secret === undefined) return undefined;
  refuseClearText(url, "ACTIONS_ID_TOKEN_REQUEST_URL");
  url.searchParams.set("audience", "sts.amazonaws.com");
  return async (send, signal) => {
    const headers = (): Promise<Record<string, string>> =>
      Promise.resolve({ authorization: `Bearer ${secret}`, accept: "application/json" });
    const response = await send({ method: "GET", address: url, headers }, signal);
    const value = isSuccess(response) ? toJsonObject(bodyText(response))["value"] : undefined;
    if (typeof value === "string") return value;
    throw s3ConfigError(
      `GitHub gave no identity token (${response.status}).`,
      "Give the job the permission: id-token: write",
    );
  };
}
