import type { Api } from "../../api/api.js";
import { readUsersById } from "../../api/directory/users-by-id.js";
import type { ApiFailure } from "../../api/errors.js";
import { ApiError } from "../../api/errors.js";
import type { Call, Effect } from "../../core/calls/call.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { Pointer } from "../../core/json/pointer.js";
import { valueAt, withValueAt } from "../../core/json/pointer.js";
import type { Kinds } from "../../core/kind/kinds.js";
import type { DepartedUser, OrgPeople } from "../../core/people/org-people.js";
import type { Change } from "../../core/plan/change.js";
import { without } from "../../core/state/state.js";
import type { FailedCall } from "./change-run.js";

/** Statuses of a refusal that are never about a user in the call: the token, the time, the rate limit. */
const notAboutUser: ReadonlySet<number> = new Set([401, 408, 429]);

/** Codes of a 403 that are about the credentials: permissions, scopes, policies. `http.403` may come from a proxy. */
const aboutCredentials = /^(?:missing\.|(?:app\.|ip\.)?not\.authorized|authz\.|http\.)/;

/** Returns true if the refusal of a call may have to do with a user in the call. */
export function mayBeAboutUser({ outcome, status = 0, code, credentialsEnded }: ApiFailure): boolean {
  if (outcome !== "refused" || credentialsEnded === true) return false;
  if (status === 403) return !aboutCredentials.test(code);
  return status >= 400 && status < 500 && !notAboutUser.has(status);
}

/** The departed users that an apply knows: those of its plan, and those that it finds after a refusal. */
export class DepartedPeople {
  readonly #departed: Map<string, DepartedUser>;
  readonly #asked = new Set<string>();
  readonly #kinds: Kinds;

  constructor(departed: OrgPeople["departed"], kinds: Kinds) {
    this.#departed = new Map(departed);
    this.#kinds = kinds;
  }

  get byId(): OrgPeople["departed"] {
    return this.#departed;
  }

  /**
   * Reads the state of those users that are not known yet. It only explains a refusal, so a failed read is ignored.
   *
   * @throws the signal's reason
   */
  async find(api: Api, users: readonly string[], signal: AbortSignal): Promise<void> {
    const unknown = users.filter((user) => !this.#departed.has(user) && !this.#asked.has(user));
    if (unknown.length === 0) return;
    for (const user of unknown) this.#asked.add(user);
    try {
      const users = await readUsersById(api, unknown, signal);
      for (const { id, state, email } of users.values()) {
        if (state === "inactive" || state === "deleted")
          this.#departed.set(id, { state, ...(email === undefined ? {} : { email }) });
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Returns the users that a call names, each once: those in its lists of people, and the user in its path. */
  namedBy({ params, effects }: Pick<Call, "params" | "effects">, kind: string): readonly string[] {
    const lists = this.#lists(kind);
    const listed = effects.flatMap((effect): readonly Json[] => {
      if (!lists.includes(effect.path)) return [];
      if ("add" in effect) return effect.add;
      return "remove" in effect ? effect.remove : asList(effect.set);
    });
    const users = [params["userId"], ...listed].filter((user) => typeof user === "string");
    return [...new Set(users)];
  }

  /**
   * Returns the departed users that a refused call removes from lists, if it does nothing else: the service may refuse it because of
   * them, and nothing is left to do. Otherwise none.
   */
  removedBy({ call, error }: FailedCall, { kind, before }: Change): readonly string[] {
    if (this.#departed.size === 0 || !mayBeAboutUser(error.failure)) return [];
    const lists = this.#lists(kind);
    const removed = call.effects.map((effect): readonly Json[] | undefined => {
      if (!lists.includes(effect.path) || "add" in effect) return undefined;
      if ("remove" in effect) return effect.remove;
      const [old, now] = [asList(valueAt(before ?? {}, effect.path)), asList(effect.set)];
      return without(now, old).length > 0 ? undefined : without(old, now);
    });
    const users = removed.flatMap((elements) => elements ?? []).map(String);
    return !removed.includes(undefined) && users.every((user) => this.#has(user)) ? users : [];
  }

  includesAny(users: readonly string[]): boolean {
    return users.some((user) => this.#has(user));
  }

  /** Returns a resource's attributes without the departed users in its lists of people. */
  leaveOut(attributes: JsonObject, kind: string): JsonObject {
    if (this.#departed.size === 0) return attributes;
    return this.#lists(kind).reduce((result, path) => {
      const list = valueAt(result, path);
      return isArray(list) ? withValueAt(result, path, this.#active(list)) : result;
    }, attributes);
  }

  /** Returns effects without the departed users in their lists of people. */
  leaveOutOfEffects(effects: readonly Effect[], kind: string): readonly Effect[] {
    if (this.#departed.size === 0) return effects;
    const lists = this.#lists(kind);
    return effects.map((effect): Effect => {
      const { path } = effect;
      if (!lists.includes(path)) return effect;
      if ("add" in effect) return { path, add: this.#active(effect.add) };
      if ("remove" in effect) return { path, remove: this.#active(effect.remove) };
      return isArray(effect.set) ? { path, set: this.#active(effect.set) } : effect;
    });
  }

  #active(list: readonly Json[]): readonly Json[] {
    return list.filter((user) => !this.#has(user));
  }

  #lists(kind: string): readonly Pointer[] {
    return this.#kinds.get(kind)?.live.users ?? [];
  }

  #has(user: Json): boolean {
    return typeof user === "string" && this.#departed.has(user);
  }
}

function asList(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}
