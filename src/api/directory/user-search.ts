import type { JsonObject } from "../../core/json/json.js";
import type { Api } from "../api.js";
import type { DirectoryUser } from "./directory-pages.js";
import { searchPages, toUser } from "./directory-pages.js";
import { ApiError } from "../errors.js";

/** E-mails in the first search. Undocumented: the service's limit. */
const emailsInOneSearch = 50;

/** Searches at once; the client bounds the requests in flight in any case. */
const searchesAtOnce = 10;

/**
 * Finds users by e-mail, many in one search. Undocumented: whether the service accepts several e-mails, and how many. Searches get
 * smaller when the service refuses one, and end up with one e-mail each when a search misses a user that a search for the e-mail alone
 * finds.
 */
export class UserSearch {
  readonly #api: Api;
  readonly #signal: AbortSignal | undefined;
  readonly #found: Map<string, DirectoryUser[]>;
  #waiting: readonly string[];
  #size = emailsInOneSearch;
  /** Set once a search for several e-mails has found several users. */
  #findsSeveral = false;

  constructor(api: Api, emails: readonly string[], signal: AbortSignal | undefined) {
    this.#api = api;
    this.#signal = signal;
    this.#waiting = [...new Set(emails.map((email) => email.toLowerCase()))];
    this.#found = new Map(this.#waiting.map((email) => [email, []]));
  }

  /** @throws ApiError */
  async run(): Promise<ReadonlyMap<string, readonly DirectoryUser[]>> {
    // One search at a time until the size is accepted: the others would only fail in the same way.
    while (!(await this.#next()));
    await Promise.all(Array.from({ length: searchesAtOnce }, () => this.#work()));
    return this.#found;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) await this.#next();
  }

  /** Makes one search. @returns whether the service accepted it */
  async #next(): Promise<boolean> {
    const emails = this.#waiting.slice(0, this.#size);
    this.#waiting = this.#waiting.slice(emails.length);
    if (emails.length === 0) return true;
    try {
      await this.#search(emails);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.failure.status !== 400 || emails.length === 1) throw error;
      this.#size = Math.min(this.#size, Math.ceil(emails.length / 2));
      this.#waiting = [...emails, ...this.#waiting];
      return false;
    }
  }

  async #search(emails: readonly string[]): Promise<void> {
    const missing = await this.#request(emails);
    if (emails.length - missing.length > 1) this.#findsSeveral = true;
    if (emails.length === 1 || missing.length === 0) return;
    // A service that reads only the first value would seem to have no other user.
    const stillMissing = await Promise.all(missing.map((email) => this.#request([email])));
    if (stillMissing.flat().length < missing.length && !this.#findsSeveral) this.#size = 1;
  }

  /** Searches for e-mails. @returns those that no user has */
  async #request(emails: readonly string[]): Promise<readonly string[]> {
    const [first = ""] = emails;
    // Several values of one criterion are alternatives; several criteria would narrow each other.
    const wanted: JsonObject = emails.length === 1 ? { value: first } : { values: emails };
    const query = [{ type: "EXACT", fields: ["email"], ...wanted }];
    for (const result of await searchPages(this.#api, "postUsersSearch", query, this.#signal)) {
      const user = toUser(result);
      const list = this.#found.get(user?.email?.toLowerCase() ?? "");
      if (user !== undefined && list?.every(({ id }) => id !== user.id) === true) list.push(user);
    }
    return emails.filter((email) => this.#found.get(email)?.length === 0);
  }
}
