import type { RequestBody, RequestModel } from "../api/operations/models.js";
import type { operations, OperationName } from "../api/operations/operations.js";
import type { Json } from "../core/json/json.js";
import type { Org } from "./org/org.js";
import type { Variants } from "./variants.js";

/** Who makes a request: a user, or a client that has no user. */
export interface Caller {
  /** The user's id; the client's where there is no user. */
  readonly id: string;
  readonly jid: string;
  readonly isUser: boolean;
}

/** A request that passed the checks which are the same for all operations. */
export interface OperationCall<Body> {
  readonly org: Org;
  readonly variants: Variants;
  readonly caller: Caller;
  /** Path parameters, decoded; those that are ids have the form of one. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Valid against the operation's schema. */
  readonly body: Body;
}

type Table = typeof operations;

/** The body of an operation's requests; undefined where it takes none. */
type BodyOf<N extends OperationName> = Table[N]["body"] extends infer M
  ? M extends RequestModel
    ? RequestBody<M>
    : undefined
  : never;

/** What an operation does. Returns the answer's body, undefined for 204. @throws Refusal. */
type Handler<N extends OperationName> = (call: OperationCall<BodyOf<N>>) => Json | undefined;

/** Handlers of some operations. */
export type Handlers<N extends OperationName> = { readonly [K in N]: Handler<K> };

/** A path parameter. The router found it, or the request would not be here. */
export function pathParam(call: { readonly params: Readonly<Record<string, string>> }, name: string): string {
  return call.params[name] ?? "";
}

/** The single value of a query parameter. */
export function queryParam(
  call: { readonly query: ReadonlyMap<string, readonly string[]> },
  name: string,
): string | undefined {
  return call.query.get(name)?.at(-1);
}

/** `{ id, selfUri }`, as the platform refers to things. */
export function entityRef(
  kind: "users" | "chats/messages",
  id: string,
): { readonly id: string; readonly selfUri: string } {
  return { id, selfUri: `/api/v2/${kind}/${id}` };
}
