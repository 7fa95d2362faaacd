import type { JsonObject } from "../../core/json/json.js";

/**
 * The documented error codes and their HTTP statuses. Source: the "Error codes" of the vendor's OpenAPI description;
 * 405 is its gateway's status for a method that a path does not have.
 */
const statuses = {
  "bad.request": 400,
  "invalid.value": 400,
  "invalid.property": 400,
  "constraint.validation": 400,
  "not.a.user": 400,
  "max.user.ids": 400,
  "search.criteria.values.exceed.limit": 400,
  "too.many.search.criteria": 400,
  "authentication.required": 401,
  "bad.credentials": 401,
  "credentials.expired": 401,
  "missing.any.permissions": 403,
  "not.authorized": 403,
  forbidden: 403,
  "not.found": 404,
  "resource.not.found": 404,
  "general.resource.not.found": 404,
  "method.not.allowed": 405,
  "request.conflict": 409,
  "request.entity.too.large": 413,
  "unsupported.media.type": 415,
  "too.many.requests": 429,
  "too.many.requests.retry.after": 429,
  "internal.server.error": 500,
} as const;

export type RefusalCode = keyof typeof statuses;

/** The service refuses a request: it responds with the platform's error body and changes nothing. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string;
  /** Further members of the error body: `messageParams`, `details`, `entityId`, ... */
  readonly members: JsonObject;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    error: { readonly status: number; readonly code: string },
    message: string,
    more: { readonly members?: JsonObject; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = error.status;
    this.code = error.code;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Returns a refusal with a documented code and its status. */
export function refuse(code: RefusalCode, message: string, members: JsonObject = {}): Refusal {
  return new Refusal({ status: statuses[code], code }, message, { members });
}

/** Returns the refusal of a request for an entity that does not exist. */
export function notFound(entityName: string, entityId: string): Refusal {
  return refuse("not.found", `The requested ${entityName} was not found: ${entityId}`, {
    entityName,
    entityId,
  });
}

const codes = {
  400: "invalid.value",
  403: "forbidden",
  404: "not.found",
  409: "request.conflict",
} as const;

/** Returns the refusal, with a status of 400, 403, 404 or 409, of a request because of one user. */
export function refuseUser(status: keyof typeof codes, id: string): Refusal {
  if (status === 404) return notFound("user", id);
  return refuse(codes[status], `The user is not available: ${id}`, { entityName: "user", entityId: id });
}

/** Status and code in one string, as variants and faults give them: `409 request.conflict`. */
export type StatusAndCode = `${number} ${string}`;

/** Parses `409 request.conflict`. */
export function statusAndCode(text: StatusAndCode): { readonly status: number; readonly code: string } {
  const space = text.indexOf(" ");
  return { status: Number(text.slice(0, space)), code: text.slice(space + 1) };
}
