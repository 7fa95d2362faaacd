/*
 * Reads of live values begin while people are still looked up: those of resources whose id the config or the state gives at once, those
 * of a user as soon as a search has shown the user.
 *
 *     searches    |----------|
 *     reads         |--------------------|     the refresh finds them begun, or sends them itself
 */
import type { Api, ApiRequest, ApiResponse } from "../../api/api.js";
import { withCall } from "../../api/api.js";
import { toUsers } from "../../api/directory/directory-user.js";
import type { OperationName } from "../../api/operations/operations.js";
import type { Address } from "../../core/address.js";
import { isUserAddress } from "../../core/address.js";
import { hasRefs, isRef } from "../../core/calls/reference.js";
import { resolveId } from "../../core/calls/resolve-references.js";
import type { JsonObject } from "../../core/json/json.js";
import { isArray, isObject } from "../../core/json/json.js";
import { requestKey } from "../../core/kind/join-reads.js";
import type { Kinds } from "../../core/kind/kinds.js";
import { getKind } from "../../core/kind/kinds.js";
import type { Read } from "../../core/kind/read.js";
import type { Resource } from "../../core/kind/resource.js";
import { addToMultimap, indexBy } from "../../core/multimap.js";
import type { State } from "../../core/state/state.js";

export interface ReadAheadInput {
  readonly api: Api;
  readonly kinds: Kinds;
  /** Resources that the refresh reads if they have an id. */
  readonly resources: readonly Resource[];
  readonly state: State | undefined;
  /** The most reads in flight. */
  readonly parallelism: number;
  readonly signal?: AbortSignal | undefined;
}

/** Begins reads that a refresh is going to send, so that it only waits for their responses. */
export class ReadAhead {
  /** Like the given API. The first call of a read that was begun takes its response; a second one is sent. */
  readonly api: Api;
  readonly #input: ReadAheadInput;
  /** Not begun yet, by `requestKey`, in order. */
  readonly #waiting = new Map<string, Read>();
  /** One iterator for all: each new one would first pass all reads that are no longer waiting. */
  #next = this.#waiting.entries();
  readonly #begun = new Map<string, Promise<ApiResponse>>();
  /** The resources that belong to users whose id is not known yet, by e-mail. */
  readonly #ofUsers = new Map<string, Resource[]>();
  #inFlight = 0;

  constructor(input: ReadAheadInput) {
    this.#input = input;
    this.api = withCall(input.api, (request, signal) => this.#call(request, signal));
    this.#addKnown();
    this.#pump();
  }

  /** Begins no further read. */
  stop(): void {
    this.#waiting.clear();
    this.#ofUsers.clear();
  }

  /** Adds the resources whose id is known. Those of users are not among them: a departed user's are not read. */
  #addKnown(): void {
    const { resources, state } = this.#input;
    const known = { state, resources: indexBy(resources, ({ address }): Address => address) };
    for (const resource of resources) {
      const { address, id } = resource;
      if (isRef(id) && id.$ref.startsWith("user:"))
        addToMultimap(this.#ofUsers, id.$ref.slice("user:".length), resource);
      else if (!isUserAddress(address)) this.#add(resource, resolveId(address, known));
    }
  }

  #add(resource: Resource, id: string | undefined): void {
    if (id === undefined) return;
    const attributes = withoutReferences(resource.attributes);
    const applied = this.#input.state?.resources[resource.address]?.applied;
    const { live } = getKind(this.#input.kinds, resource.kind);
    for (const read of live.reads({ ...resource, id, attributes, applied })) {
      // Reads of one operation that takes several ids are sent together, once all are known.
      if (read.batch !== undefined) continue;
      const key = requestKey(read);
      if (!this.#begun.has(key)) this.#waiting.set(key, read);
    }
  }

  #pump(): void {
    const { api, parallelism, signal } = this.#input;
    while (this.#inFlight < parallelism && this.#waiting.size > 0 && signal?.aborted !== true) {
      const { value, done } = this.#next.next();
      // An iterator that has come to its end shows nothing that is added later.
      if (done === true) {
        this.#next = this.#waiting.entries();
        continue;
      }
      const [key, { operation, params, query = {} }] = value;
      this.#waiting.delete(key);
      this.#inFlight++;
      const response = api.call({ operation: operation as OperationName, params, query }, signal);
      this.#begun.set(key, response);
      const next = (): void => {
        this.#inFlight--;
        this.#pump();
      };
      // An error is thrown to whoever takes the response.
      response.then(next, next);
    }
  }

  #call(request: ApiRequest, signal: AbortSignal | undefined): Promise<ApiResponse> {
    const key = requestKey(request);
    const begun = this.#begun.get(key);
    this.#begun.delete(key);
    this.#waiting.delete(key);
    const response = begun ?? this.#input.api.call(request, signal);
    return request.operation === "postUsersSearch" ? this.#addFound(response) : response;
  }

  /** Adds the resources of the active users that a search has shown: an e-mail that several of them have ends the command. */
  async #addFound(search: Promise<ApiResponse>): Promise<ApiResponse> {
    const response = await search;
    const { body } = response;
    const results = isObject(body) && isArray(body["results"]) ? body["results"].filter(isObject) : [];
    for (const { id, email = "", state } of toUsers(results)) {
      const key = email.toLowerCase();
      if (state !== "active") continue;
      for (const resource of this.#ofUsers.get(key) ?? []) this.#add(resource, id);
      this.#ofUsers.delete(key);
    }
    this.#pump();
    return response;
  }
}

/** Returns the attributes without references: people who are not known yet may need more reads, never fewer. */
function withoutReferences(attributes: JsonObject): JsonObject {
  let known = attributes;
  for (const [name, value] of Object.entries(attributes))
    if (isArray(value) && value.some(hasRefs))
      known = { ...known, [name]: value.filter((item) => !hasRefs(item)) };
  return known;
}
