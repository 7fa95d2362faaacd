/** The reason why there is no response. `not.trusted`: the server's certificate is wrong. */
export type NetworkErrorCode = "connection.failed" | "timeout" | "answer.too.large" | "not.trusted";

/** No response came, or none that could be read whole. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  readonly code: NetworkErrorCode;
  /** True if the server may have received the request; false if it surely did not. */
  readonly sent: boolean;
  /** The code of Node or undici, such as `ENOTFOUND`; "" where there is none. */
  readonly systemCode: string;

  constructor(code: NetworkErrorCode, sent: boolean, reason: string, systemCode = "") {
    super(reason);
    this.code = code;
    this.sent = sent;
    this.systemCode = systemCode;
  }
}

/** The body of a response is larger than allowed. */
export class BodyTooLargeError extends NetworkError {
  constructor(maxBytes: number) {
    super("answer.too.large", true, `the response is larger than ${maxBytes} bytes`);
  }
}

/** Matches Node's codes of TLS errors that a second attempt does not change. */
const certificate =
  /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:VERIFY|GET)|UND_ERR_PRX_TLS|HOSTNAME_MISMATCH)/;

/**
 * Makes a NetworkError of an error of undici or Node. The message is kept, but not the error: a parser's error holds what was
 * received, which can be anything.
 */
export function toNetworkError(error: unknown, sent: boolean): NetworkError {
  const code = errorCode(error);
  if (/HEADERS?_OVERFLOW/.test(code))
    return new NetworkError("answer.too.large", sent, "the headers of the response are larger than 16 KiB");
  const timeout = code.includes("TIMEOUT") || code === "ETIMEDOUT";
  const kind = timeout ? "timeout" : certificate.test(code) ? "not.trusted" : "connection.failed";
  return new NetworkError(kind, sent, errorReason(error) || code, code);
}

/** Returns the first error where the addresses of a host were tried one after the other. */
function firstError(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}

function errorCode(error: unknown): string {
  const first = firstError(error);
  const code = first instanceof Error && "code" in first ? first.code : undefined;
  return typeof code === "string" ? code : "";
}

function errorReason(error: unknown): string {
  const first = firstError(error);
  if (!(first instanceof Error)) return String(first);
  if (errorCode(first) === "UND_ERR_CONNECT_TIMEOUT") return "the connection could not be made in time";
  return addressReason(first) ?? first.message;
}

/** Returns the message of a system error with an IPv6 address in brackets: `connect ECONNREFUSED [::1]:8080`. */
function addressReason(error: Error): string | undefined {
  const { syscall, code, address, port } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  if (syscall === undefined || code === undefined || address === undefined || port === undefined)
    return undefined;
  return `${syscall} ${code} ${address.includes(":") ? `[${address}]` : address}:${port}`;
}
