import type { LaggedValue } from "./lagged-value.js";
import type { UserSettings } from "./settings.js";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The login name; missing: the e-mail. */
  readonly username?: string;
  readonly state: "active" | "inactive" | "deleted";
  /** Id of the user's manager. */
  readonly manager?: string;
  readonly jabberId: string;
  readonly settings: LaggedValue<UserSettings>;
}

/** The users of an org, indexed by id and by e-mail. */
export class Users {
  readonly #byId = new Map<string, User>();
  readonly #byEmail = new Map<string, Map<string, User>>();

  get(id: string): User | undefined {
    return this.#byId.get(id);
  }

  values(): Iterable<User> {
    return this.#byId.values();
  }

  /** Returns the users with an e-mail, in any case of letters; deleted ones last. */
  withEmail(email: string): readonly User[] {
    const users = [...(this.#byEmail.get(email.toLowerCase())?.values() ?? [])];
    return users.sort((a, b) => Number(a.state === "deleted") - Number(b.state === "deleted"));
  }

  /** Adds a user, or replaces the one with the same id. */
  put(user: User): void {
    const before = this.#byId.get(user.id);
    if (before !== undefined && before.email !== user.email) this.#unlist(before);
    this.#byId.set(user.id, user);
    const email = user.email.toLowerCase();
    const others = this.#byEmail.get(email);
    if (others === undefined) this.#byEmail.set(email, new Map([[user.id, user]]));
    else others.set(user.id, user);
  }

  delete(id: string): void {
    const user = this.#byId.get(id);
    if (user === undefined) return;
    this.#byId.delete(id);
    this.#unlist(user);
  }

  #unlist({ id, email }: User): void {
    this.#byEmail.get(email.toLowerCase())?.delete(id);
  }
}
