/** Why there was no answer. `not.trusted`: the other side is not who it should be: its certificate is wrong. */
export type NetworkErrorCode = "connection.failed" | "timeout" | "answer.too.large" | "not.trusted";

/** No answer came, or none that could be read whole. */
export class NetworkError extends Error {
  override readonly name = "NoAnswer";
  readonly code: NetworkErrorCode;
  /** Whether the request may have reached the service. False: it surely did not. */
  readonly sent: boolean;

  constructor(code: NetworkErrorCode, sent: boolean, reason: string) {
    super(reason);
    this.code = code;
    this.sent = sent;
  }
}

/** Node's codes of TLS errors that a second try doesn't change. */
const certificate =
  /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:VERIFY|GET)|UND_ERR_PRX_TLS|HOSTNAME_MISMATCH)/;

/**
 * Makes one of an error of undici or Node. It keeps the message, but not the error: a parser's error holds what was
 * received, and that may be anything.
 */
export function toNetworkError(error: unknown, sent: boolean): NetworkError {
  const code = codeOf(error);
  if (/HEADERS?_OVERFLOW/.test(code))
    return new NetworkError("answer.too.large", sent, "the headers of the answer are larger than 16 KiB");
  const timeout = code.includes("TIMEOUT") || code === "ETIMEDOUT";
  const kind = timeout ? "timeout" : certificate.test(code) ? "not.trusted" : "connection.failed";
  return new NetworkError(kind, sent, reasonOf(error) || code);
}

/** Where an address was tried in several ways, the first way's error stands for all. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
}

function codeOf(error: unknown): string {
  const first = firstOf(error);
  const code = first instanceof Error && "code" in first ? first.code : undefined;
  return typeof code === "string" ? code : "";
}

function reasonOf(error: unknown): string {
  const first = firstOf(error);
  if (!(first instanceof Error)) return String(first);
  if (codeOf(first) === "UND_ERR_CONNECT_TIMEOUT") return "the connection could not be made in time";
  return addressReason(first) ?? first.message;
}

/** The message of an error of the system, with an IPv6 address in brackets: `connect ECONNREFUSED [::1]:8080`. */
function addressReason(error: Error): string | undefined {
  const { syscall, code, address, port } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  if (syscall === undefined || code === undefined || address === undefined || port === undefined)
    return undefined;
  return `${syscall} ${code} ${address.includes(":") ? `[${address}]` : address}:${port}`;
}
