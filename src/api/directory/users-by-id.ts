import { forEachBounded } from "../../core/for-each-bounded.js";
import type { Api } from "../api.js";
import { ApiError } from "../errors.js";
import type { DirectoryUser } from "./directory-user.js";
import { isNotFound, toUsers } from "./directory-user.js";
import { objectsIn, pagedBy, readListing } from "./listing.js";

/** The most ids in one GET /users. Source: the vendor's OpenAPI description. */
const idsInOneRead = 100;

/** The parts of refused batches that are listed before each user is read alone. A smaller batch has few users to read. */
const mostProbes = 16;
const smallBatch = 8;

/** Requests at once; the client bounds the requests in flight in any case. */
const readsAtOnce = 10;

/** A filter of GET /users. Without one, the service lists active users. Source: the vendor's OpenAPI description. */
type StateFilter = "any" | "inactive" | "deleted";

/**
 * Reads users by id, whatever their state.
 *
 * A service that refuses the filter `any`, or does not list all users with it, is asked for each state, at last for each user alone.
 *
 * @returns the users that exist, by id; a user that the credentials may not see has neither a state nor an e-mail
 * @throws ApiError
 */
export async function readUsersById(
  api: Api,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, DirectoryUser>> {
  const reader = new UserReader(api, signal);
  const unique = [...new Set(ids)];
  await reader.list(unique, "any");
  if (reader.listed.has("deleted")) return reader.found;
  for (const state of ["inactive", "deleted"] as const) {
    const missing = reader.missing(unique);
    // A listing pays from two users on.
    if (missing.length > 1 && !reader.listed.has(state)) await reader.list(missing, state);
  }
  await reader.readEach(reader.missing(unique));
  // Undocumented: whether the service shows an inactive user by id alone.
  const left = reader.missing(unique);
  if (left.length === 1 && !reader.listed.has("inactive")) await reader.list(left, "inactive");
  return reader.found;
}

class UserReader {
  readonly found = new Map<string, DirectoryUser>();
  /** The states that the filter `any` has shown: it shows all users of them. */
  readonly listed = new Set<string>();
  readonly #api: Api;
  readonly #signal: AbortSignal | undefined;
  #size = idsInOneRead;
  /** The batches to which the service responded with 404. */
  #unfound: (readonly string[])[] = [];

  constructor(api: Api, signal: AbortSignal | undefined) {
    this.#api = api;
    this.#signal = signal;
  }

  missing(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => !this.found.has(id));
  }

  /** Reads users in batches. One batch at first: the others would only be refused in the same way. */
  async list(ids: readonly string[], state: StateFilter): Promise<void> {
    const first = ids.slice(0, this.#size);
    if (first.length === 0) return;
    const result = await this.#listBatch(first, state);
    // Without the filter, active users are left. Refused too: the number of ids may be the reason.
    const plain = result === "refused" && state === "any" ? await this.#listBatch(first) : undefined;
    if ((result === "too many" || plain === "too many" || plain === "refused") && first.length > 1) {
      this.#size = Math.ceil(first.length / 2);
      return this.list(ids, state);
    }
    if (result !== "listed" && plain !== "listed") return;
    const rest = ids.slice(first.length);
    const batches = Array.from({ length: Math.ceil(rest.length / this.#size) }, (_, at) =>
      rest.slice(at * this.#size, (at + 1) * this.#size),
    );
    const filter = plain === "listed" ? undefined : state;
    await forEachBounded(batches, readsAtOnce, this.#signal, async (batch) => {
      await this.#listBatch(batch, filter);
    });
    if (state === "any") await this.#listParts(filter);
  }

  /**
   * Lists the halves of batches that got a 404, and theirs. Undocumented: whether that means that none of the users exist, or not all.
   * Ends early while no half is listed: then it means none.
   */
  async #listParts(filter: StateFilter | undefined): Promise<void> {
    let waiting: readonly (readonly string[])[] = this.#unfound.filter(({ length }) => length > smallBatch);
    let isProven = false;
    for (let probes = 0; waiting.length > 0 && (isProven || probes < mostProbes); probes += 2) {
      const tried: readonly (readonly string[])[] = isProven ? waiting : waiting.slice(0, 1);
      const halves = tried.flatMap((batch) => {
        const middle = Math.ceil(batch.length / 2);
        return [batch.slice(0, middle), batch.slice(middle)];
      });
      this.#unfound = [];
      await forEachBounded(halves, readsAtOnce, this.#signal, async (half) => {
        await this.#listBatch(half, filter);
      });
      isProven ||= this.#unfound.length < halves.length;
      waiting = [...this.#unfound.filter(({ length }) => length > 1), ...waiting.slice(tried.length)];
    }
  }

  async #listBatch(ids: readonly string[], state?: StateFilter): Promise<"listed" | "too many" | "refused"> {
    const query = { id: ids, ...(state === undefined ? {} : { state }) };
    try {
      const listing = { request: pagedBy({ operation: "getUsers", query }), member: "entities" } as const;
      const users = toUsers(await readListing(this.#api, listing, this.#signal));
      const asked = new Set(ids);
      for (const user of users) {
        if (!asked.has(user.id)) continue;
        this.found.set(user.id, state === "any" || state === undefined ? user : { state, ...user });
        if (state === "any" && user.state !== undefined) this.listed.add(user.state);
      }
      return "listed";
    } catch (error) {
      if (isNotFound(error)) {
        this.#unfound.push(ids);
        return "listed";
      }
      const { status, code } = error instanceof ApiError ? error.failure : {};
      if (status === 413 || status === 414 || code === "max.user.ids") return "too many";
      if (status === 400) return "refused";
      throw error;
    }
  }

  async readEach(ids: readonly string[]): Promise<void> {
    await forEachBounded(ids, readsAtOnce, this.#signal, async (id) => {
      const user = (await this.#readOne(id)) ?? (await this.#readOne(id, "deleted"));
      if (user !== undefined) this.found.set(id, user);
    });
  }

  async #readOne(id: string, state?: "deleted"): Promise<DirectoryUser | undefined> {
    const query = state === undefined ? {} : { query: { state } };
    try {
      const { body } = await this.#api.call(
        { operation: "getUser", params: { userId: id }, ...query },
        this.#signal,
      );
      const [user] = toUsers(objectsIn({ user: [body ?? null] }, "user"));
      // A response without an id shows somebody too: only a 404 proves that there is nobody.
      return { ...(state === undefined ? {} : { state }), ...user, id };
    } catch (error) {
      if (isNotFound(error)) return undefined;
      const status = error instanceof ApiError ? error.failure.status : undefined;
      // A refused filter, or a text that is no id: nobody is shown.
      if (status === 400) return undefined;
      // The user exists, and the credentials may not see them.
      if (status === 403) return { id };
      throw error;
    }
  }
}

/**
 * Reads all inactive, or all deleted, users. Empty where the service does not list them: it refuses the filter, or ignores it.
 *
 * @throws ApiError
 */
export async function listDepartedUsers(
  api: Api,
  state: "inactive" | "deleted",
  signal?: AbortSignal,
): Promise<readonly DirectoryUser[]> {
  const request = pagedBy({ operation: "getUsers", query: { state } });
  const isOther = (user: DirectoryUser): boolean => (user.state ?? state) !== state;
  try {
    const objects = await readListing(
      api,
      { request, member: "entities", isEnough: (page) => toUsers(page).some(isOther) },
      signal,
    );
    return toUsers(objects)
      .filter((user) => !isOther(user))
      .map((user) => ({ ...user, state }));
  } catch (error) {
    if (error instanceof ApiError && [400, 403, 404].includes(error.failure.status ?? 0)) return [];
    throw error;
  }
}
