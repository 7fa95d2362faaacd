import type { RequestModel, ResponseModel } from "./models.js";

/** An operation of the API. */
export interface Operation {
  /** `chat`: one of the 34 of the chat API. `helper`: finds users, groups and rooms, or tells the token's user and org. */
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

/** The members that an operation declares only where it has them. */
type Optional = "query" | "body" | "response";

/** An operation as it is declared. */
type Declaration = Omit<Operation, "group" | "success" | Optional> & Partial<Pick<Operation, Optional>>;

/** The operation of a declaration. */
type Declared<D extends Declaration, G extends Operation["group"]> = Omit<Operation, "group" | "body"> & {
  readonly group: G;
  readonly body: D extends { readonly body: infer M extends RequestModel } ? M : null;
};

/** Completes declared operations. An operation that responds with a body has the status 200, any other 204. */
export function declareOperations<
  const G extends Operation["group"],
  const T extends Readonly<Record<string, Declaration>>,
>(group: G, declarations: T): { readonly [N in keyof T]: Declared<T[N], G> } {
  const entries = Object.entries(declarations).map(([name, declaration]) => {
    const success = declaration.response === undefined ? 204 : 200;
    return [name, { group, query: [], body: null, response: null, success, ...declaration }];
  });
  return Object.fromEntries(entries) as { readonly [N in keyof T]: Declared<T[N], G> };
}
