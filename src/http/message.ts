/** An HTTP request to one origin. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Ends the request in place of `signal` until it is sent. */
  readonly untilSent?: AbortSignal | undefined;
  /** The token that the request carries. */
  readonly secret?: string | undefined;
}

/** An HTTP response, read whole. */
export interface HttpResponse {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Decompressed. */
  readonly body: Buffer;
  /** The token of the request: a server may repeat it in the response, where it must not be shown. */
  readonly secret: string | undefined;
}

/** Returns a response header, the first of several. @param name in lower case */
export function header({ headers }: Pick<HttpResponse, "headers">, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Returns the body as UTF-8, decoded at each call. */
export function bodyText({ body }: Pick<HttpResponse, "body">): string {
  return body.toString("utf8");
}

/** Returns whether the status is a success. */
export function isSuccess({ status }: Pick<HttpResponse, "status">): boolean {
  return status >= 200 && status < 300;
}
