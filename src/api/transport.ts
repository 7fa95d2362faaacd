import type { Dispatcher } from "undici";
import { Pool, ProxyAgent } from "undici";

/** One HTTP request to the service's origin. */
export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** No answer came. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** Whether the request surely never reached the service. */
  readonly sent: boolean;
  readonly code: "connection.failed" | "timeout" | "answer.too.large";

  constructor(code: NoAnswer["code"], sent: boolean, reason: string) {
    super(reason);
    this.code = code;
    this.sent = sent;
  }
}

export interface TransportOptions {
  /** Connections, and so requests in flight, at most. */
  readonly connections: number;
  readonly proxyUrl?: string;
  readonly connectTimeoutMs?: number;
  /** For the answer's headers, and between parts of its body. */
  readonly answerTimeoutMs?: number;
}

const defaults = { connectTimeoutMs: 10_000, answerTimeoutMs: 60_000 };

/** Answers are never this large; what is, is not the service's. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Sends requests to one origin over kept-alive connections. It follows no redirect: a token goes nowhere else. */
export class Transport {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #basePath: string;

  constructor(url: string, options: TransportOptions) {
    const { origin, pathname } = new URL(url);
    this.#origin = origin;
    this.#basePath = pathname.replace(/\/$/, "");
    const connect = { timeout: options.connectTimeoutMs ?? defaults.connectTimeoutMs };
    const timeouts = {
      headersTimeout: options.answerTimeoutMs ?? defaults.answerTimeoutMs,
      bodyTimeout: options.answerTimeoutMs ?? defaults.answerTimeoutMs,
    };
    const shared = { connections: options.connections, pipelining: 1, connect, ...timeouts };
    this.#dispatcher =
      options.proxyUrl === undefined
        ? new Pool(origin, shared)
        : new ProxyAgent({ uri: options.proxyUrl, ...shared });
  }

  /**
   * @throws NoAnswer when none came
   * @throws the signal's reason when it aborts
   */
  async send({ method, path, headers, body }: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    signal?.throwIfAborted();
    try {
      const answer = await this.#dispatcher.request({
        origin: this.#origin,
        path: this.#basePath + path,
        method: method,
        headers,
        body: body ?? null,
        signal: signal ?? null,
      });
      const length = Number(answer.headers["content-length"] ?? 0);
      if (length > maxAnswerBytes) {
        answer.body.destroy();
        throw new NoAnswer("answer.too.large", true, `the answer has ${length} bytes`);
      }
      return { status: answer.statusCode, headers: answer.headers, text: await textOf(answer.body) };
    } catch (error) {
      if (signal?.aborted === true) signal.throwIfAborted();
      throw error instanceof NoAnswer ? error : noAnswer(error);
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

async function textOf(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxAnswerBytes) throw new NoAnswer("answer.too.large", true, "the answer does not end");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Errors of which the request surely never left. Source: undici's and Node's error codes. */
const neverSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function noAnswer(error: unknown): NoAnswer {
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  const timeout = code.includes("TIMEOUT") || code === "ETIMEDOUT";
  return new NoAnswer(timeout ? "timeout" : "connection.failed", !neverSent.has(code), reason || code);
}

/** Node's code of an error; of the first of several, where an address was tried in several ways. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
