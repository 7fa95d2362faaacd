import type { OrgSeed, SourceSeed } from "../../../src/emulator/index.js";
import { Ids } from "../../../src/emulator/org/ids.js";

/** The counts of a company. */
export interface Size {
  readonly people: number;
  readonly groups: number;
  readonly teams: number;
  readonly queues: number;
  readonly skillGroups: number;
  readonly managers: number;
  readonly rooms: number;
}

export type SourceType = "group" | "team" | "queue" | "skillGroup" | "reportsOf";

/** An entry of a list of people, as a config has it: an e-mail, or a source. */
export type Entry =
  string | (Readonly<Partial<Record<SourceType, string>>> & { readonly except?: readonly Entry[] });

export interface Room {
  readonly jid: string;
  readonly description: string;
  readonly participants: readonly Entry[];
  readonly participantsMode?: "additive";
}

/** A config, as far as the tests change it. */
export interface Config {
  readonly rooms: Readonly<
    Record<string, Omit<Room, "jid"> & { readonly jid?: string; readonly subject: string }>
  >;
  readonly userSettings: Readonly<
    Record<string, { readonly members: readonly Entry[]; readonly settings: object }>
  >;
}

export interface Company {
  readonly seed: OrgSeed;
  readonly config: Config;
}

/** E-mail of the token's user, who is in no source and no list. */
export const admin = "admin@x.com";
/** People whom no source has and no list names: for changes by hand. */
export const visitors = Array.from({ length: 5 }, (_, at) => `visitor${at}@x.com`);
/** People whom no source has, for edits of the config. */
export const candidates = Array.from({ length: 5 }, (_, at) => `candidate${at}@x.com`);

export const settings = { mobile: { notifications: { when: "Always" } } } as const;

/** Random choices, the same in every run with the same seed. */
export class Dice {
  readonly #ids: Ids;

  constructor(seed: number) {
    this.#ids = new Ids(seed);
  }

  below(count: number): number {
    return this.#ids.next() % count;
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** Returns one of a list. @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new RangeError("There is nothing to choose from.");
    return found;
  }
}

const email = (at: number): string => `p${at}@x.com`;
const named = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${word} ${at}`);

/** Returns a company whose rooms, settings and people are as its config declares. */
export function makeCompany(size: Size, dice: Dice): Company {
  const employees = Array.from({ length: size.people }, (_, at) => email(at));
  const managers = employees.slice(0, size.managers);
  const spread = (word: string, count: number): SourceSeed[] =>
    named(word, count).map((name, nth) => ({
      name,
      members: employees.filter((_, at) => at % count === nth),
    }));
  const names = {
    group: named("Group", size.groups),
    team: named("Team", size.teams),
    queue: named("Queue", size.queues),
    skillGroup: named("Skill", size.skillGroups),
    reportsOf: managers,
  };
  const rooms = Object.fromEntries(
    named("Room", size.rooms).map((subject, at) => [
      `room-${at}`,
      makeRoom(at, subject, names, employees, dice),
    ]),
  );
  const users = employees.map((one, at) => ({
    email: one,
    ...(at >= size.managers && { manager: managers[at % size.managers] ?? "" }),
  }));
  return {
    seed: {
      users: [...users, ...[admin, ...visitors, ...candidates].map((one) => ({ email: one }))],
      groups: spread("Group", size.groups),
      teams: spread("Team", size.teams),
      queues: spread("Queue", size.queues),
      skillGroups: spread("Skill", size.skillGroups),
      rooms: Object.values(rooms).map(({ jid, subject, description }) => ({ jid, subject, description })),
    },
    config: {
      rooms,
      userSettings: { shift: { members: [{ team: "Team 0" }, { group: "Group 1" }], settings } },
    },
  };
}

function makeRoom(
  at: number,
  subject: string,
  names: Readonly<Record<SourceType, readonly string[]>>,
  employees: readonly string[],
  dice: Dice,
): Room & { readonly subject: string } {
  const types = Object.keys(names) as SourceType[];
  const sources = Array.from({ length: 1 + dice.below(3) }, (_, nth): Entry => {
    // Every type of source is in the first rooms.
    const type = types[(at + nth) % types.length] ?? "group";
    const except = dice.isOneIn(4) ? { except: [dice.pick(employees), { team: dice.pick(names.team) }] } : {};
    return { [type]: dice.pick(names[type]), ...except };
  });
  const direct = Array.from({ length: dice.below(3) }, () => dice.pick(employees));
  const entries = [...sources, ...direct];
  return {
    jid: `adhoc-00000000-0000-4000-8000-${String(at).padStart(12, "0")}@conference.Example-Org.orgspan.com`,
    subject,
    description: "As reviewed",
    participants: entries.filter((one, nth) => entries.findIndex((other) => sameEntry(one, other)) === nth),
    ...(at % 4 === 3 && { participantsMode: "additive" as const }),
  };
}

export function sameEntry(a: Entry, b: Entry): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
