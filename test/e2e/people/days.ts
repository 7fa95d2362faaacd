import type { Emulator, OrgChange } from "../../../src/emulator/index.js";
import type { Config, Dice, Entry } from "./company.js";
import { candidates, sameEntry, settings, visitors } from "./company.js";

const sources = [
  ["group", "groups"],
  ["team", "teams"],
  ["queue", "queues"],
  ["skill-group", "skillGroups"],
] as const;

/** Nobody leaves a source of fewer active members: an empty one is refused. */
const fewest = 3;

/** Changes the org as a day does: joiners, movers, leavers, re-hires, and changes by hand. */
export class Day {
  readonly #emulator: Emulator;
  readonly #dice: Dice;
  readonly #managers: ReadonlySet<string>;
  #count = 0;

  /** @param managers e-mails of people who stay, since lists name their reports */
  constructor(emulator: Emulator, dice: Dice, managers: ReadonlySet<string>) {
    this.#emulator = emulator;
    this.#dice = dice;
    this.#managers = managers;
  }

  /** Plays a day. @returns what happened, to explain a failure */
  play(events: number, rooms: Config["rooms"]): readonly string[] {
    const happened: string[] = [];
    for (let nth = 0; nth < events; nth += 1) {
      happened.push(this.#joiner(), this.#mover(), this.#leaver(), this.#rehire(), this.#renamed());
      happened.push(this.#byHand(rooms));
    }
    return happened.filter((one) => one !== "");
  }

  #change(change: OrgChange): void {
    this.#emulator.change(change);
  }

  #joiner(): string {
    this.#count += 1;
    const email = `joiner${this.#count}@x.com`;
    this.#change({ change: "user", set: { email, manager: this.#dice.pick([...this.#managers]) } });
    this.#join(email);
    return `${email} joined`;
  }

  /** Adds someone to one source of each kind. */
  #join(person: string): void {
    const org = this.#emulator.dump();
    for (const [of, list] of sources) {
      this.#change({ change: "members", of, name: this.#dice.pick(org[list]).name, add: [person] });
    }
  }

  #mover(): string {
    const person = this.#pickActive();
    if (person === undefined) return "";
    const [of, list] = this.#dice.pick(sources);
    const org = this.#emulator.dump();
    for (const { name, members = [] } of org[list]) {
      if (members.includes(person.id)) this.#change({ change: "members", of, name, remove: [person.id] });
    }
    const { name } = this.#dice.pick(org[list]);
    this.#change({ change: "members", of, name, add: [person.id] });
    this.#change({
      change: "user",
      user: person.id,
      set: { manager: this.#dice.pick([...this.#managers]) },
    });
    return `${person.email} moved to ${of} ${name}`;
  }

  #leaver(): string {
    const person = this.#pickActive();
    if (person === undefined) return "";
    const state = this.#dice.isOneIn(2) ? "inactive" : "deleted";
    this.#change({ change: "user", user: person.id, set: { state } });
    return `${person.email} became ${state}`;
  }

  #rehire(): string {
    const person = this.#pickActive();
    if (person === undefined || !this.#dice.isOneIn(2)) return "";
    const id = this.#emulator.change({ change: "recreate-user", user: person.id }) as string;
    this.#join(id);
    return `${person.email} was hired again as ${id}`;
  }

  #renamed(): string {
    const person = this.#pickActive();
    if (person === undefined || !this.#dice.isOneIn(3)) return "";
    this.#count += 1;
    const email = `renamed${this.#count}@x.com`;
    this.#change({ change: "user", user: person.id, set: { email } });
    return `${person.email} became ${email}`;
  }

  #byHand(rooms: Config["rooms"]): string {
    const { jid: room = "" } = this.#dice.pick(Object.values(rooms).filter(({ jid }) => jid !== undefined));
    const inside = this.#emulator.room(room)?.participants ?? [];
    const visitor = this.#dice.pick(visitors);
    this.#change({ change: "join", room, user: visitor });
    const out = inside.length > 0 ? this.#dice.pick(inside) : visitor;
    this.#change({ change: "leave", room, user: out });
    if (this.#dice.isOneIn(3)) this.#change({ change: "room", room, set: { description: "By hand" } });
    return `${visitor} was added to ${room}, and ${out} removed`;
  }

  /** Returns an active employee who can leave every source. */
  #pickActive(): { readonly id: string; readonly email: string } | undefined {
    const org = this.#emulator.dump();
    const active = new Set(org.users.flatMap(({ id = "", state }) => (state === "active" ? id : [])));
    const few = new Set(
      sources
        .flatMap(([, list]) => org[list])
        .map(({ members = [] }) => members.filter((id) => active.has(id)))
        .filter((members) => members.length <= fewest)
        .flat(),
    );
    const reports = (manager: string | undefined): number =>
      org.users.filter((user) => user.manager === manager && user.state === "active").length;
    const inTeam = new Set(org.teams.flatMap(({ members = [] }) => members));
    const able = org.users.filter(
      ({ id = "", email, manager }) =>
        active.has(id) &&
        inTeam.has(id) &&
        !few.has(id) &&
        !this.#managers.has(email) &&
        reports(manager) > fewest,
    );
    if (able.length === 0) return undefined;
    const { id = "", email } = this.#dice.pick(able);
    return { id, email };
  }
}

/** Returns the config with edits that nobody applied yet: people and sources added and removed, texts, settings, a new room. */
export function editConfig(config: Config, dice: Dice): Config {
  const rooms = Object.fromEntries(
    Object.entries(config.rooms).map(([name, room]) => {
      const [first, ...others] = room.participants;
      switch (dice.below(8)) {
        case 0:
          return [name, { ...room, description: `${room.description}!` }];
        case 1:
          return [name, withEntry(room, dice.pick(candidates))];
        case 2:
          return [name, { ...room, participants: others.length > 0 ? others : [first ?? ""] }];
        case 3:
          return [name, withEntry(room, { queue: "Queue 0", except: visitors.slice(0, 1) })];
        default:
          return [name, room];
      }
    }),
  );
  const [someone = ""] = candidates;
  return {
    rooms: { ...rooms, unreviewed: { subject: "Unreviewed", description: "", participants: [someone] } },
    userSettings: { ...config.userSettings, unreviewed: { members: [someone], settings } },
  };
}

function withEntry<R extends { readonly participants: readonly Entry[] }>(room: R, entry: Entry): R {
  const others = room.participants.filter((one) => !sameEntry(one, entry));
  return { ...room, participants: [...others, entry] };
}
