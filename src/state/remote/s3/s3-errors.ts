import { isClearText } from "../../../http/url.js";
import { StateError } from "../../errors.js";

/** Returns the code in an error of AWS, such as `AccessDenied`. The server's other words are left out: they may repeat what was sent. */
export function errorCode(text: string): string | undefined {
  return /<Code>([A-Za-z0-9.]{1,60})<\/Code>/.exec(text)?.[1];
}

/** Returns the error for wrong settings of the backend. */
export function s3ConfigError(detail: string, help: string, cause?: unknown): StateError {
  const problem = { code: "backend-config", location: "state backend s3", detail, help } as const;
  return new StateError(problem, cause === undefined ? {} : { cause });
}

/** Refuses plain http to another machine. @param what names the address */
export function refuseClearText(url: URL, what: string): void {
  if (!isClearText(url)) return;
  throw s3ConfigError(
    `${url.origin} (${what}) is plain http, where others could read and change what is sent.`,
    "Use https.",
  );
}

/** The facts of a refusal. */
export interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
  /** The region of the bucket, where the response names it. */
  readonly region: string | undefined;
}

/**
 * Returns whether a response says that an object does not exist. Other responses with 404 say nothing about it: they come from a proxy, or are
 * about the bucket or the credentials.
 */
export function isMissingObject({ status, code }: Pick<Refusal, "status" | "code">): boolean {
  return status === 404 && code === "NoSuchKey";
}

/** Returns the error for a request that the server refused. @param location of the object */
export function s3RefusedError(method: string, location: string, refusal: Refusal): StateError {
  const { status, code } = refusal;
  const reason = `${status}${code === undefined ? (status < 300 ? " without an ETag" : "") : ` ${code}`}`;
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${method} ${location}: the server responded with ${reason}.`,
    ...(status === 409 ? otherWriter : { help: refusalHelp(refusal) }),
  });
}

const otherWriter = { help: "Make sure that no other process writes the object", thenAgain: true } as const;

const credentialCodes: ReadonlySet<string> = new Set([
  "InvalidAccessKeyId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "InvalidToken",
  "TokenRefreshRequired",
]);

function refusalHelp({ status, code = "", region }: Refusal): string {
  if (region !== undefined) return `The bucket is in another region. Set: region: ${region}`;
  if (code === "NoSuchBucket") return "Create the bucket, or correct `state.bucket` and the region.";
  if (code === "RequestTimeTooSkewed") return "Set the clock of this machine.";
  if (credentialCodes.has(code)) return "Check the AWS credentials: the variables AWS_*, or the profile.";
  if (code.startsWith("KMS")) return "Allow kms:GenerateDataKey and kms:Decrypt with `state.kmsKeyId`.";
  if (status === 501 || code === "NotImplemented") return conditionsHelp;
  if (status < 300)
    return "Check that `state.endpoint` is a server of S3's protocol, and any proxy before it.";
  if (status === 401 || status === 403)
    return "Allow s3:GetObject, s3:PutObject and s3:DeleteObject for the key and KEY.lock, and s3:ListBucket for the bucket: without it, S3 responds with 403 while there is no state yet. A bucket that is encrypted with a key of KMS also needs kms:GenerateDataKey and kms:Decrypt.";
  if (status === 413 || code === "EntityTooLarge")
    return "The state is too large for this server: raise its limit.";
  if (status >= 300 && status < 400) return "Check `state.endpoint` and `state.region`.";
  return "Check `state.bucket`, `state.key`, `state.endpoint` and the server's log.";
}

const conditionsHelp =
  "The state needs a server with conditional writes (If-None-Match and If-Match). Use another server, or another backend.";

/** Returns the error for a server that carries out writes whose condition does not hold. */
export function noConditionsError(location: string): StateError {
  return new StateError({
    code: "backend-refused",
    location,
    detail: `${location}: the server ignores the conditions of writes, so two runs at the same time could overwrite each other's state. Nothing was changed.`,
    help: conditionsHelp,
  });
}
