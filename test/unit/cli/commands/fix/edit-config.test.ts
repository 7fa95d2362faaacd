import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DepartedPeople } from "../../../../../src/cli/commands/fix/departed-people.js";
import { editConfig, getPeople, openConfig } from "../../../../../src/cli/commands/fix/edit-config.js";
import { loadDesired } from "../../../../../src/config/load.js";
import { kinds } from "../../../../../src/resources/index.js";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-edit-config-"));
});
afterEach(() => rm(cwd, { recursive: true }));

type Files = Readonly<Record<string, string>>;

const found = (people: readonly string[]): DepartedPeople => ({
  departed: new Map(people.map((email) => [email, { id: email, email, state: "deleted" }])),
  unknown: new Set(["never@x.com"]),
});

/** Removes departed users from a config and its files of rows. Returns what changed, and the lines of what is left. */
async function edit(
  config: string,
  files: Files = {},
  departed: DepartedPeople = found(["gone@x.com", "left@x.com"]),
): Promise<{ readonly changed: Files; readonly left: readonly string[] }> {
  const all = { "chatform.yaml": `version: 1\n${config}`, ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(cwd, name), text);
  const options = {
    paths: ["chatform.yaml"],
    vars: ["domain=x.com", "lead=gone@x.com"],
    varFiles: [],
    env: {},
  };
  const loaded = await loadDesired({ ...options, cwd, kinds });
  expect(loaded.diagnostics).toEqual([]);
  const edits = await editConfig(await openConfig(loaded, cwd), departed);
  const changed = edits
    .filter(({ before, after }) => Buffer.compare(before, after) !== 0)
    .map(
      ({ file, after }) =>
        [
          file,
          Buffer.from(after)
            .toString()
            .replace(/^version: 1\n/, ""),
        ] as const,
    );
  const left = edits
    .flatMap(({ entries }) => entries)
    .filter(({ reason }) => reason !== undefined)
    .map(({ place, role, user, within, reason = "" }) => {
      const { file, start } = place.range;
      return `${file}:${start.line}:${start.column} ${role} ${user} ${within}: ${reason.split(".", 1).join("")}`;
    });
  return { changed: Object.fromEntries(changed), left };
}

const messages = "messages: { hi: { body: Hi } }";
const settings = "settings: { mobile: { notifications: { when: Always } } }";

describe("editConfig", () => {
  it.each<readonly [title: string, before: string, after: string]>([
    ["items in brackets", "[a@x.com, gone@x.com, 'b@x.com']", "[a@x.com, 'b@x.com']"],
    ["all items", "[gone@x.com, left@x.com]", "[]"],
    ["items with dashes", "\n      - a@x.com # a\n      - gone@x.com # b", "\n      - a@x.com # a"],
    ["keys", "{ gone@x.com: {}, a@x.com: {} }", "{ a@x.com: {} }"],
    ["all keys", "\n      gone@x.com: { note: x }\n      # end", " {}\n      # end"],
  ])("removes rows in the config: %s", async (_title, before, after) => {
    const config = (rows: string): string =>
      `users:\n  "\${each.key}":\n    ${messages}\n    forEach:${rows}\n`;
    const lead = before.startsWith("\n") ? "" : " ";
    expect(await edit(config(lead + before))).toEqual({
      changed: {
        "chatform.yaml": config((after.startsWith("\n") || after.startsWith(" ") ? "" : " ") + after),
      },
      left: [],
    });
  });

  it.each([
    ["- gone@x.com\n", "[]\n"],
    ["# c\n\n- gone@x.com # d\n# e\n", "# c\n\n[]\n# e\n"],
    ["- gone@x.com\n# b\n- left@x.com\n", "[]\n# b\n"],
    ["--- # c\n- gone@x.com\n...\n", "--- # c\n[]\n...\n"],
    ["# gone@x.com\n- gone@x.com\n", "[]\n"],
    ["# c\n- gone@x.com", "# c\n[]"],
    ["\u{feff}# c\r\n- gone@x.com\r\n", "\u{feff}# c\r\n[]\r\n"],
    ["&a !!seq\n- gone@x.com\n", "&a !!seq []\n"],
    ["# c\ngone@x.com:\n  note: x\n\n# e\n", "# c\n{}\n\n# e\n"],
  ])("removes all rows of a YAML file: %j", async (before, after) => {
    const config = `users: { "\${each.key}": { forEach: staff.yaml, ${messages} } }\n`;
    expect((await edit(config, { "staff.yaml": before })).changed).toEqual({ "staff.yaml": after });
  });

  it("removes rows that two blocks about the user repeat, once", async () => {
    const rows = "[{ email: gone@x.com, name: g }, { email: a@x.com, name: a }]";
    const config =
      `users:\n  "\${each.email}": { forEach: &staff ${rows}, ${messages} }\n` +
      `userSettings:\n  "of-\${each.name}": { forEach: *staff, members: ["\${each.email}"], ${settings} }\n`;
    expect(await edit(config)).toEqual({
      changed: { "chatform.yaml": config.replace("{ email: gone@x.com, name: g }, ", "") },
      left: [],
    });
  });

  it("keeps rows of which another block declares something else", async () => {
    const rooms = `rooms:\n  "\${each.room}": { forEach: *staff, subject: A, participants: ["\${each.email}"] }\n`;
    const config = `users:\n  "\${each.email}": { forEach: &staff [{ email: gone@x.com, room: a }], ${messages} }\n${rooms}`;
    expect(await edit(config)).toEqual({
      changed: {},
      left: [
        "chatform.yaml:3:39 row gone@x.com /users/gone@x.com: The row declares rooms/a too",
        "chatform.yaml:3:48 cell gone@x.com /rooms/a/participants: An empty cell in a list is an error",
      ],
    });
  });

  it("keeps an entry of a list that is a row of something else, too", async () => {
    const id = "0a1b2c3d-0000-4000-8000-00000000000e";
    const config = `rooms:
  a: { subject: A, owners: &o [${id}, b@x.com] }
userSettings:
  "\${each.key}": { forEach: *o, members: [b@x.com], ${settings} }
`;
    expect(await edit(config.replace(", b@x.com]", "]"), {}, found([id]))).toEqual({
      changed: {},
      left: [`chatform.yaml:3:32 item ${id} /rooms/a/owners: The row declares userSettings/${id} too`],
    });
  });

  it("removes people from the lists of rows, wherever the block uses them", async () => {
    const rows = `lobby:
  people: [a@x.com, gone@x.com]
  leads:
    - { group: Support, except: [left@x.com, { team: Night, except: [gone@x.com] }] }
  chat: { rules: { body: Hi, mentions: [left@x.com] } }
  note: [gone@x.com]
`;
    const config = `rooms:
  "\${each.key}":
    forEach: rooms.yaml
    subject: A
    participants: \${each.people}
    owners: ["\${each.leads}", gone@x.com]
    messages: \${each.chat}
`;
    const expected = rows
      .replace(", gone@x.com]\n  leads", "]\n  leads")
      .replace("left@x.com, {", "{")
      .replace("except: [gone@x.com]", "except: []")
      .replace("[left@x.com] }", "[] }");
    expect(await edit(config, { "rooms.yaml": rows })).toEqual({
      changed: {
        "chatform.yaml": config.replace(", gone@x.com]", "]"),
        "rooms.yaml": expected,
      },
      left: [],
    });
  });

  it("removes a row whose name and variables give the user, unless a variable of the row does", async () => {
    const config = `users:
  "\${each.login}@\${var:domain}": { forEach: staff.csv, ${messages} }
  "\${each.value}": { forEach: ["\${var:lead}"], ${messages} }
`;
    const csv = "login;name\na;A\nleft;G\n";
    expect(await edit(config, { "staff.csv": csv })).toEqual({
      changed: { "staff.csv": "login;name\na;A\n" },
      left: ["chatform.yaml:4:32 row gone@x.com /users/gone@x.com: A variable gives this value: ${var:lead}"],
    });
  });

  it("leaves no row without a place, also in a mapping and in values alone", async () => {
    const config = `rooms:
  "desk-\${each.nr}":
    forEach: { one: { nr: 1, lead: gone@x.com }, two: { nr: 2, lead: never@x.com } }
    subject: A
    owners: ["\${each.lead}"]
  "\${each.key}": { forEach: { three: left@x.com }, subject: A, owners: ["\${each.value}"] }
`;
    expect((await edit(config)).left).toEqual([
      "chatform.yaml:4:36 cell gone@x.com /rooms/desk-1/owners: An empty cell in a list is an error",
      "chatform.yaml:4:70 cell never@x.com /rooms/desk-2/owners: Genesys Cloud has no such user, neither active nor departed",
      "chatform.yaml:7:38 cell left@x.com /rooms/three/owners: An empty cell in a list is an error",
    ]);
  });

  it("edits thousands of rows in linear time", async () => {
    const config = `users:\n  "\${each.email}": { forEach: staff.csv, messages: { hi: { body: "Hi \${each.name}" } } }\n`;
    const time = async (count: number): Promise<number> => {
      const people = Array.from({ length: count }, (_, at) => `u${at}@x.com`);
      const csv = (list: readonly string[]): string =>
        `email,name\n${list.map((one) => `${one},é\n`).join("")}`;
      const departed = people.filter((_, at) => at % 2 === 0);
      const start = process.cpuUsage();
      const { changed } = await edit(config, { "staff.csv": csv(people) }, found(departed));
      const used = process.cpuUsage(start).user;
      expect(changed["staff.csv"]).toBe(csv(people.filter((_, at) => at % 2 === 1)));
      return used;
    };
    await time(500);

    expect((await time(20_000)) / (await time(2000))).toBeLessThan(30);
  }, 60_000);
});

describe("getPeople", () => {
  it("returns the people of rows and blocks, each spelling once", async () => {
    const text = `version: 1
users:
  "\${each.email}": { forEach: staff.csv, ${messages} }
rooms:
  "\${each.name}": { forEach: staff.csv, subject: A, owners: ["\${each.email}", "\${each.name}@x.com", b@x.com] }
`;
    await writeFile(join(cwd, "chatform.yaml"), text);
    await writeFile(join(cwd, "staff.csv"), "email,name\nA@x.com,c\n");
    const options = { paths: ["chatform.yaml"], vars: [], varFiles: [], env: {}, cwd, kinds };
    const people = getPeople(await openConfig(await loadDesired(options), cwd));
    expect(people.toSorted()).toEqual(["A@x.com", "b@x.com", "c@x.com"]);
  });
});
