import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { Emulator, OrgSeed, Variants } from "../../../src/emulator/index.js";
import { startEmulator } from "../../../src/emulator/index.js";
import type { Config, Size } from "./company.js";
import { admin, Dice, makeCompany } from "./company.js";
import { Day, editConfig } from "./days.js";
import type { Given } from "./expected.js";
import { Directory, giveNow, members, namedPeople, reviewedGiven } from "./expected.js";
import { checkReads, departedRemovals } from "./requests.js";

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Month {
  /** Runs a command line of chatform. */
  readonly run: (
    args: readonly string[],
    options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) => Promise<Result>;
  readonly size: Size;
  readonly variants: Partial<Variants>;
  readonly nights: number;
  /** The number of each event a day. */
  readonly events: number;
  readonly seed: number;
}

/** Plays some days of a company; each night runs drift, repair and drift, and checks what they did. */
export async function playRepairs(month: Month): Promise<void> {
  await play(month, async (simulation, dice, night, what) => {
    if (night % 3 === 0) await simulation.review(what);
    else await simulation.edit(editConfig(simulation.reviewed, dice));
    await simulation.repair(what);
  });
}

/** Plays some days of a company; each night applies the config, which stays the same, and plans again: nothing is left to do. */
export async function playApplies(month: Month): Promise<void> {
  await play(month, async (simulation, _dice, _night, what) => {
    await simulation.apply(what);
    await simulation.planNothing(what);
  });
}

async function play(
  month: Month,
  atNight: (simulation: Simulation, dice: Dice, night: number, what: string) => Promise<void>,
): Promise<void> {
  const dice = new Dice(month.seed);
  const { seed, config } = makeCompany(month.size, dice);
  const emulator = await startEmulator({ seed, variants: month.variants, actingUser: admin });
  const cwd = await mkdtemp(join(tmpdir(), "chatform-month-"));
  try {
    const simulation = new Simulation(emulator, cwd, month.run, config);
    await simulation.start();
    const managers = new Set((seed.users ?? []).slice(0, month.size.managers).map(({ email }) => email));
    const day = new Day(emulator, dice, managers);
    for (let night = 1; night <= month.nights; night += 1) {
      const happened = day.play(month.events, config.rooms);
      await atNight(simulation, dice, night, [`night ${night}`, ...happened].join("\n"));
    }
  } finally {
    await emulator.close();
    await rm(cwd, { recursive: true });
  }
}

/** What is to be true of a room after a repair. */
interface Expected {
  readonly name: string;
  readonly jid: string;
  /** The active people who are to be in it, and those who are not. */
  readonly inside: ReadonlySet<string>;
  readonly outside: ReadonlySet<string>;
  readonly description: string | undefined;
  /** The config changed what drifted, so something stays. */
  readonly isConflict: boolean;
  /** Something differs from what was reviewed. */
  readonly isDrift: boolean;
}

class Simulation {
  readonly #emulator: Emulator;
  readonly #cwd: string;
  readonly #chatform: Month["run"];
  readonly #given = new Map<string, Given>();
  readonly #ids = new Map<string, string>();
  /** Departed participants who were removed, by room and user. */
  readonly #removals = new Set<string>();
  #config: Config;
  reviewed: Config;

  constructor(emulator: Emulator, cwd: string, run: Month["run"], config: Config) {
    this.#emulator = emulator;
    this.#cwd = cwd;
    this.#chatform = run;
    this.#config = config;
    this.reviewed = config;
  }

  /** Fills the rooms as their config declares, and applies the config. */
  async start(): Promise<void> {
    const directory = this.#directory();
    for (const { jid = "", participants } of Object.values(this.reviewed.rooms)) {
      const set = { participants: [...members(giveNow(directory, participants))] };
      this.#emulator.change({ change: "room", room: jid, set });
    }
    await this.#write(this.reviewed);
    await this.apply("the first apply");
  }

  /** Changes the config, and applies nothing. */
  async edit(config: Config): Promise<void> {
    await this.#write(config);
  }

  /** Applies the edited rooms, without the new room and settings. */
  async review(when: string): Promise<void> {
    const { unreviewed: _room, ...rooms } = this.#config.rooms;
    const { unreviewed: _settings, ...userSettings } = this.#config.userSettings;
    await this.#write({ rooms, userSettings });
    this.reviewed = this.#config;
    await this.apply(when);
  }

  /** Runs drift, repair and drift. */
  async repair(what: string): Promise<void> {
    const directory = this.#directory();
    const before = this.#emulator.dump();
    const expected = this.#expected(directory, before);
    const found = await this.#run(["drift"], what);
    expect(found.code, `${what}\n${found.stdout}${found.stderr}`).not.toBe(1);
    if (expected.some(({ isDrift }) => isDrift)) expect(found.code, `${what}\n${found.stdout}`).toBe(2);
    expect(this.#emulator.dump(), `drift wrote something\n${what}`).toEqual(before);
    const repaired = await this.#run(["repair", "--auto-approve"], what);
    const isPending = this.#config !== this.reviewed;
    expect(isPending ? [0, 2] : [0], `${what}\n${repaired.stdout}${repaired.stderr}`).toContain(
      repaired.code,
    );
    this.#check(directory, expected, `${what}\n${repaired.stdout}`);
    this.#remember(directory, (name, given) =>
      reviewedGiven(directory, given, this.#config.rooms[name]?.participants ?? []),
    );
    if (expected.some(({ isConflict }) => isConflict)) return;
    const again = await this.#run(["drift"], what);
    expect(again.code, `${what}\n${again.stdout}${again.stderr}`).toBe(0);
  }

  /** Plans, and expects no change. */
  async planNothing(what: string): Promise<void> {
    const { code, stdout, stderr } = await this.#run(["plan", "--detailed-exitcode"], what);
    expect(code, `${what}\n${stdout}${stderr}`).toBe(0);
  }

  #directory(): Directory {
    return new Directory(this.#emulator.dump(), this.#ids);
  }

  async apply(when: string): Promise<void> {
    const { code, stdout, stderr } = await this.#run(["apply", "--auto-approve"], when);
    expect(code, `${when}\n${stdout}${stderr}`).toBe(0);
    const directory = this.#directory();
    for (const [name, { jid = "", participants, participantsMode }] of Object.entries(this.reviewed.rooms)) {
      const wanted = members(giveNow(directory, participants));
      const live = this.#live(directory, jid);
      if (participantsMode === undefined)
        expect([...live].sort(), `${when}: ${name}`).toEqual([...wanted].sort());
      else
        expect(
          [...wanted].filter((id) => !live.has(id)),
          `${when}: ${name}`,
        ).toEqual([]);
    }
    this.#checkSettings(directory, when);
    this.#given.clear();
    for (const [name, { participants }] of Object.entries(this.reviewed.rooms)) {
      this.#given.set(name, giveNow(directory, participants));
    }
    this.#remember(directory, (_name, given) => given);
  }

  /** Keeps what the entries gave, and who the named people are. */
  #remember(directory: Directory, next: (name: string, given: Given) => Given): void {
    for (const [name, given] of this.#given) this.#given.set(name, next(name, given));
    for (const email of namedPeople(this.reviewed)) {
      const id = directory.personId(email);
      if (id !== undefined) this.#ids.set(email, id);
    }
  }

  /** Returns the active participants of a room. */
  #live(directory: Directory, jid: string): ReadonlySet<string> {
    const participants = this.#emulator.room(jid)?.participants ?? [];
    return new Set(participants.filter((id) => directory.isActive(id)));
  }

  #expected(directory: Directory, org: Required<OrgSeed>): readonly Expected[] {
    const everybody = org.users.flatMap(({ id = "", state }) => (state === "active" ? id : []));
    return Object.entries(this.reviewed.rooms).map(([name, room]) => {
      const { jid = "", participantsMode } = room;
      const config = this.#config.rooms[name]?.participants ?? [];
      const given = this.#given.get(name) ?? [];
      const live = this.#live(directory, jid);
      // Nobody is removed from an additive room.
      const others = participantsMode === "additive" ? live : [];
      const reviewed = new Set([...members(reviewedGiven(directory, given, config)), ...others]);
      const desired = new Set([...members(giveNow(directory, config)), ...others]);
      const [inside, outside] = [new Set<string>(), new Set<string>()];
      let [isConflict, isDrift] = [false, false];
      for (const id of everybody) {
        if (live.has(id) !== reviewed.has(id)) {
          isDrift = true;
          isConflict ||= reviewed.has(id) !== desired.has(id);
        }
        const isIn = reviewed.has(id) === desired.has(id) ? reviewed.has(id) : live.has(id);
        (isIn ? inside : outside).add(id);
      }
      const description = this.#emulator.room(jid)?.description;
      const isEdited = this.#config.rooms[name]?.description !== room.description;
      const isChanged = description !== room.description;
      return {
        ...{ name, jid, inside, outside },
        description: isEdited ? description : room.description,
        isConflict: isConflict || (isEdited && isChanged),
        isDrift: isDrift || isChanged,
      };
    });
  }

  #check(directory: Directory, expected: readonly Expected[], what: string): void {
    for (const { name, jid, inside, outside, description } of expected) {
      const live = this.#live(directory, jid);
      const wrong = {
        missing: [...inside].filter((id) => !live.has(id)),
        extra: [...outside].filter((id) => live.has(id)),
      };
      expect(wrong, `${name}\n${what}`).toEqual({ missing: [], extra: [] });
      expect(this.#emulator.room(jid)?.description, `${name}\n${what}`).toBe(description);
    }
    expect(this.#emulator.dump().rooms, what).toHaveLength(expected.length);
    this.#checkSettings(directory, what);
  }

  /** Checks that everybody in the sources of `shift` has its settings. */
  #checkSettings(directory: Directory, what: string): void {
    const shift = this.reviewed.userSettings["shift"]?.members ?? [];
    const entitled = members(giveNow(directory, shift));
    const late = this.#emulator
      .dump()
      .users.filter(
        ({ id = "", settings }) => entitled.has(id) && settings?.mobile?.notifications.when !== "Always",
      );
    expect(
      late.map(({ email }) => email),
      what,
    ).toEqual([]);
  }

  async #write(config: Config): Promise<void> {
    this.#config = config;
    const safety = { maxDeletions: 100_000, maxDeletionPercent: 100 };
    await writeFile(join(this.#cwd, "chatform.yaml"), JSON.stringify({ version: 1, safety, ...config }));
  }

  async #run(args: readonly string[], what: string): Promise<Result> {
    this.#emulator.clearRequests();
    const result = await this.#chatform(args, { cwd: this.#cwd, env: this.#emulator.env });
    checkReads(this.#emulator.requests, `${args.join(" ")}, ${what}`);
    for (const removal of departedRemovals(this.#emulator.requests, this.#directory())) {
      expect(this.#removals.has(removal), `${removal} was removed twice\n${what}`).toBe(false);
      this.#removals.add(removal);
    }
    return result;
  }
}
