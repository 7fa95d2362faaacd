import type { RequestBody, RequestModel } from "../api/operations/models.js";
import type { operations, OperationName } from "../api/operations/operations.js";
import type { Json } from "../core/json/json.js";
import { refuse } from "./input/refusal.js";
import type { Org } from "./org/org.js";
import type { Variants } from "./variants.js";

/** The caller of an operation: a user, or an OAuth client without a user. */
export interface Caller {
  /** The user's id; the client's where there is no user. */
  readonly id: string;
  readonly jid: string;
  readonly isUser: boolean;
}

/** A request that passed the checks common to all operations. */
export interface OperationCall<Body> {
  readonly org: Org;
  readonly variants: Variants;
  readonly caller: Caller;
  /** The permissions of the token, possibly with `*` for a part; undefined: all. */
  readonly permissions: ReadonlySet<string> | undefined;
  /** Path parameters, decoded; ids are well-formed. */
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

/** Carries out an operation. @returns the body of the response; undefined for 204 @throws Refusal */
type Handler<N extends OperationName> = (call: OperationCall<BodyOf<N>>) => Json | undefined;

/** Handlers of some operations. */
export type Handlers<N extends OperationName> = { readonly [K in N]: Handler<K> };

/** Returns a path parameter. The router has made sure that it exists. */
export function pathParam(call: { readonly params: Readonly<Record<string, string>> }, name: string): string {
  return call.params[name] ?? "";
}

/** Returns the last value of a query parameter. */
export function queryParam(
  call: { readonly query: ReadonlyMap<string, readonly string[]> },
  name: string,
): string | undefined {
  return call.query.get(name)?.at(-1);
}

/** Checks query parameters that are true or false. @throws Refusal 400 */
export function checkFlags(
  call: { readonly query: ReadonlyMap<string, readonly string[]> },
  ...names: readonly string[]
): void {
  for (const name of names) {
    const value = queryParam(call, name);
    if (value !== undefined && value !== "true" && value !== "false")
      throw refuse("invalid.value", `${name} is neither true nor false: ${value}`);
  }
}

/** Returns `{ id, selfUri }`: a reference to an entity of the platform. */
export function entityRef(
  kind: "users" | "chats/messages",
  id: string,
): { readonly id: string; readonly selfUri: string } {
  return { id, selfUri: `/api/v2/${kind}/${id}` };
}
