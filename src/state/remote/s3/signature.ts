import { createHash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import type { AwsCredentials } from "./credentials.js";

/** A request to sign. */
export interface Unsigned {
  readonly method: string;
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: "s3" | "sts";
  /** The time of the signature, in milliseconds since 1970. */
  readonly at: number;
}

/** Returns the headers of a request with those of its signature, version 4. The signature covers the body. */
export async function signedHeaders(unsigned: Unsigned): Promise<Record<string, string>> {
  const { method, address, headers, body = "", credentials, region, service, at } = unsigned;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new AwsV4Signer({
    ...{ method, url: address.href, region, service, accessKeyId, secretAccessKey },
    ...(sessionToken === undefined ? {} : { sessionToken }),
    headers: { ...headers, "x-amz-content-sha256": createHash("sha256").update(body).digest("hex") },
    datetime: new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, ""),
  });
  return Object.fromEntries((await signer.sign()).headers);
}
