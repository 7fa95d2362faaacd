import type { OrgSeed } from "../../../src/emulator/index.js";
import type { Config, Entry, SourceType } from "./company.js";
import { sameEntry } from "./company.js";

/**
 * The members that each entry gives, computed from the org's data: the test's own reading of the contract, which shares no code with
 * chatform.
 */
export class Directory {
  readonly #org: Required<OrgSeed>;
  readonly #ids: ReadonlyMap<string, string>;
  readonly #active: ReadonlySet<string>;
  /** Active users by e-mail. */
  readonly #people: ReadonlyMap<string, string>;

  /** @param ids of the people whom the config names, by e-mail, as known from the last apply */
  constructor(org: Required<OrgSeed>, ids: ReadonlyMap<string, string>) {
    this.#org = org;
    this.#ids = ids;
    const active = org.users.filter(({ state }) => state === "active");
    this.#active = new Set(active.map(({ id = "" }) => id));
    this.#people = new Map(active.map(({ id = "", email }) => [email, id]));
  }

  isActive(id: string): boolean {
    return this.#active.has(id);
  }

  /** Returns the active user with an e-mail, else the one who had it at the last apply. */
  personId(email: string): string | undefined {
    return this.#people.get(email) ?? this.#ids.get(email);
  }

  /** Returns the ids of the active people whom an entry gives. */
  entryIds(entry: Entry): readonly string[] {
    if (typeof entry === "string") return [this.personId(entry) ?? ""].filter((id) => this.isActive(id));
    const omitted = new Set((entry.except ?? []).flatMap((one) => this.entryIds(one)));
    return this.#sourceIds(entry).filter((id) => this.isActive(id) && !omitted.has(id));
  }

  #sourceIds(entry: Exclude<Entry, string>): readonly string[] {
    const { groups, teams, queues, skillGroups, users } = this.#org;
    const lists = { group: groups, team: teams, queue: queues, skillGroup: skillGroups } as const;
    if (entry.reportsOf !== undefined) {
      const manager = this.personId(entry.reportsOf);
      return users.flatMap((user) => (user.manager === manager ? (user.id ?? []) : []));
    }
    const type = Object.keys(lists).find(
      (one) => entry[one as SourceType] !== undefined,
    ) as keyof typeof lists;
    return lists[type].find(({ name }) => name === entry[type])?.members ?? [];
  }
}

/** What a room's entries gave at the last apply or repair. */
export type Given = readonly (readonly [Entry, readonly string[]])[];

/** Returns what entries give now. */
export function giveNow(directory: Directory, entries: readonly Entry[]): Given {
  return entries.map((entry) => [entry, directory.entryIds(entry)]);
}

/** Returns the reviewed members: those of each reviewed entry, today, or as it gave them if the config no longer has it. */
export function reviewedGiven(directory: Directory, given: Given, config: readonly Entry[]): Given {
  return given.map(([entry, ids]) => [
    entry,
    config.some((one) => sameEntry(one, entry)) ? directory.entryIds(entry) : ids,
  ]);
}

export function members(given: Given): ReadonlySet<string> {
  return new Set(given.flatMap(([, ids]) => ids));
}

/** Returns the people whom the config names, in any place. */
export function namedPeople(config: Config): ReadonlySet<string> {
  const named = (entries: readonly Entry[]): string[] =>
    entries.flatMap((entry) =>
      typeof entry === "string"
        ? entry
        : [...named(entry.except ?? []), ...(entry.reportsOf === undefined ? [] : [entry.reportsOf])],
    );
  return new Set(Object.values(config.rooms).flatMap(({ participants }) => named(participants)));
}
