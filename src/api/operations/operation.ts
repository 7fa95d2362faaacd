import type { RequestModel, ResponseModel } from "./models.js";

/** An operation of the API. */
export interface Operation {
  /** `chat`: one of the 32 of the chat API. `helper`: finds users, groups and rooms, or tells the token's user and org. */
  readonly group: "chat" | "helper";
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Template with `{parameters}`. */
  readonly path: string;
  /** Names of query parameters. */
  readonly query: readonly string[];
  /** Any one of these is enough; empty: none is needed. */
  readonly permissions: readonly string[];
  readonly body: RequestModel | null;
  readonly success: 200 | 204;
  readonly response: ResponseModel | null;
  /** `read`; `repeatable`: a second call does no harm; `creates`: a second call makes a second thing. */
  readonly safety: "read" | "repeatable" | "creates";
  readonly summary: string;
}
