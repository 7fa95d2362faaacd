/** Removes the rows of departed users, with the built program, git and the emulator. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";
import { writesIn } from "../helpers/writes.js";

const seed = {
  users: [
    { email: "jane@example.com" },
    { email: "sam@example.com" },
    { email: "gone@example.com", state: "deleted" as const },
    { email: "off@example.com", state: "inactive" as const },
  ],
};

let emulator: Emulator;
let cwd = "";
beforeAll(async () => {
  emulator = await startEmulator({ actingUser: "jane@example.com", seed });
});
afterAll(() => emulator.close());
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-fix-rows-"));
});
afterEach(async () => {
  expect(writesIn(emulator.requests)).toEqual([]);
  await rm(cwd, { recursive: true });
});

const run = (...args: readonly string[]): Promise<BinResult> => runBin(args, { cwd, env: emulator.env });
const fix = (...args: readonly string[]): Promise<BinResult> => run("fix", "--departed", ...args);
const read = (file: string): Promise<string> => readFile(join(cwd, file), "utf8");
const git = (...args: readonly string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: cwd },
    encoding: "utf8",
  });
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
}
function commit(): void {
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "Config");
}

const settings = "settings: { mobile: { notifications: { when: Always } } }";
const users = `version: 1
users:
  "\${each.email}":
    forEach: staff.csv
    messages: { hi: { body: "Hi \${each.name}" } }
`;
const staff = `\uFEFFname;email;note\r
Jane;jane@example.com;"the ""first""\r
of two lines"\r
Gone;Gone@Example.com;"left; in\r
\r
May"\r
\r
;;\r
Sam;sam@example.com;é👍\r
Off; "off@example.com" ;`;
const gone = `Gone;Gone@Example.com;"left; in\r\n\r\nMay"\r\n`;
const off = `\r\nOff; "off@example.com" ;`;

describe("chatform fix --departed with rows", () => {
  it("removes the rows of departed users from a CSV file, and nothing else", async () => {
    await write({ "chatform.yaml": users, "staff.csv": staff });
    commit();
    const list = `- staff.csv:4:1 Gone@Example.com (deleted), row of users/Gone@Example.com
- staff.csv:10:1 off@example.com (inactive), row of users/off@example.com
`;
    expect(await fix("--check")).toEqual({
      ...{ code: 2, signal: null, stderr: "" },
      stdout: `${list}2 entries to remove from 1 file.\n`,
    });
    expect(await read("staff.csv")).toBe(staff);

    expect(await fix()).toEqual({
      ...{ code: 0, signal: null, stderr: "" },
      stdout: `${list}2 entries removed from 1 file.\nTo see the effect: chatform plan\n`,
    });
    expect(await read("staff.csv")).toBe(staff.replace(gone, "").replace(off, ""));
    expect(await read("chatform.yaml")).toBe(users);
    expect(await fix()).toMatchObject({ code: 0, stdout: "No departed users in the config.\n" });
    const { stdout } = await run("plan");
    expect(stdout).toContain("users/sam@example.com/messages/hi");
    expect(stdout).not.toContain("departed");
  });

  it("removes rows in the state of --only, and shows a patch that git applies", async () => {
    await write({ "chatform.yaml": users, "staff.csv": staff });
    commit();
    const { stdout } = await fix("--check", "--diff", "--only", "deleted");
    await write({ "a.patch": stdout.slice(0, stdout.indexOf("- staff.csv:")) });
    git("apply", "a.patch");
    expect(await read("staff.csv")).toBe(staff.replace(gone, ""));
  });

  it("writes no file if git shows the file of rows as changed, unless forced", async () => {
    await write({ "chatform.yaml": `${users}rooms: { a: { subject: A, owners: [gone@example.com] } }\n` });
    await write({ "staff.csv": "name,email\n" });
    commit();
    await write({ "staff.csv": "name,email\nG,gone@example.com\n" });
    const { code, stderr } = await fix();
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("git shows staff.csv as modified. No file was written."),
    ]);
    expect(await read("chatform.yaml")).toContain("[gone@example.com]");

    expect(await fix("--force")).toMatchObject({ code: 0, stderr: "" });
    expect(await read("staff.csv")).toBe("name,email\n");
    expect(await read("chatform.yaml")).toContain("owners: []");
  });

  it("removes rows from lists and mappings in YAML, JSON and the config", async () => {
    const row = (email: string): object => ({ email, notes: [email] });
    const json = (...emails: readonly string[]): string => `${JSON.stringify(emails.map(row), null, 2)}\n`;
    const config = `version: 1
users:
  "\${each.key}":
    forEach:
      # Deputies
      sam@example.com: { says: Hi }
      gone@example.com: # until May
        says: Hi
    messages: { hi: { body: "\${each.says}" } }
  "\${each.email}":
    forEach: leads.json
    messages: { lead: { body: Hi } }
userSettings:
  "night-\${each.name}":
    forEach: night.yaml
    members: ["\${each.email}"]
    ${settings}
  "\${each.value}":
    forEach: [day, "x"]
    members: [jane@example.com, off@example.com]
    ${settings}
rooms:
  "\${each.key}":
    forEach:
      lobby: { people: &people [jane@example.com, gone@example.com, { group: Support, except: [off@example.com] }] }
      ops: { people: *people }
    subject: "\${each.key}"
    participants: \${each.people}
`;
    const night = `# The night shift
- { name: sam, email: sam@example.com }
# off@example.com is ill
- name: ill
  email: off@example.com # back in June
`;
    await write({
      "chatform.yaml": config,
      "leads.json": json("jane@example.com", "off@example.com"),
      "night.yaml": night,
    });
    commit();
    const { code, stdout, stderr } = await fix();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`- chatform.yaml:7:7 gone@example.com (deleted), row of users/gone@example.com
- chatform.yaml:20:33 off@example.com (inactive) from userSettings/\${each.value}/members
- chatform.yaml:25:51 gone@example.com (deleted) from rooms/lobby/participants
- chatform.yaml:25:96 off@example.com (inactive) from rooms/lobby/participants
- leads.json:8:3 off@example.com (inactive), row of users/off@example.com
- night.yaml:4:3 off@example.com (inactive), row of userSettings/night-ill
6 entries removed from 3 files.
To see the effect: chatform plan
`);
    expect(await read("chatform.yaml")).toBe(
      config
        .replace("      gone@example.com: # until May\n        says: Hi\n", "")
        .replace("[jane@example.com, off@example.com]", "[jane@example.com]")
        .replace("gone@example.com, {", "{")
        .replace("[off@example.com]", "[]"),
    );
    expect(await read("leads.json")).toBe(json("jane@example.com"));
    expect(await read("night.yaml")).toBe(night.slice(0, night.indexOf("# off")));
    expect(await run("validate")).toMatchObject({ code: 0 });
  });

  it("leaves rows to a person that declare more than the departed user, and cells", async () => {
    await write({
      "chatform.yaml": `${users}rooms:
  "\${each.room}":
    forEach: desks.csv
    subject: "\${each.room}"
    owners: ["\${each.lead}", jane@example.com]
    participants: ["\${each.first}@example.com", { reportsOf: "\${each.lead}" }]
`,
      "more.yaml": `version: 1
rooms:
  "room-\${each.name}": { forEach: staff.csv, subject: R }
users:
  "\${each.key}": { forEach: ["\${var:lead}", jane@example.com], messages: { ho: { body: Hi } } }
`,
      "staff.csv": "email,name\ngone@example.com,a\nsam@example.com,b\n",
      "desks.csv": 'room\tfirst\tlead\nops\t"jane" \toff@example.com\nit\toff\tnever@example.com\n',
    });
    commit();
    const files = ["-f", "chatform.yaml", "-f", "more.yaml", "--var", "lead=off@example.com"];
    const { code, stdout } = await fix(...files);
    expect(code).toBe(2);
    expect(stdout)
      .toBe(`? more.yaml:5:30 off@example.com (inactive), row of users/off@example.com: A variable gives this value: \${var:lead}. Change the variable.
? staff.csv:2:1 gone@example.com (deleted), row of users/gone@example.com: The row declares rooms/room-a too. Move that to a row of its own, or delete the row by hand.
? desks.csv:2:13 off@example.com (inactive) in rooms/ops/owners: An empty cell in a list is an error. Write another user.
? desks.csv:2:13 off@example.com (inactive) in rooms/ops/participants: reportsOf needs an active user. Write the new manager of these people.
? desks.csv:3:4 off@example.com (inactive) in rooms/it/participants: An empty cell in a list is an error. Write another user.
? desks.csv:3:8 never@example.com (unknown) in rooms/it/owners: Genesys Cloud has no such user, neither active nor departed. Check the spelling.
? desks.csv:3:8 never@example.com (unknown) in rooms/it/participants: Genesys Cloud has no such user, neither active nor departed. Check the spelling.
Nothing to remove, 7 entries left for a person.
`);
    const { stdout: json } = await fix(...files, "--json");
    const { left } = JSON.parse(json) as { readonly left: readonly Record<string, unknown>[] };
    expect(left[2]).toMatchObject({
      ...{ user: "off@example.com", state: "inactive", role: "cell", path: "rooms/ops/owners" },
      ...{ filename: "desks.csv", start: { line: 2, column: 13, byte: 28 } },
    });
    expect(git("status", "--porcelain")).toBe("");
  });

  it("edits a row once that two blocks and two spellings of a file use", async () => {
    await mkdir(join(cwd, "in"));
    await write({
      "chatform.yaml": `${users}include: [in/more.yaml]\n`,
      "in/more.yaml": `version: 1\nuserSettings:\n  "\${each.name}": { forEach: link.csv, members: ["\${each.email}"], ${settings} }\n`,
      "staff.csv": "name,email\na,sam@example.com\nb,gone@example.com\n",
    });
    await symlink("../staff.csv", join(cwd, "in/link.csv"));
    commit();
    expect(await fix()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 entry removed from 1 file.") as unknown,
    });
    expect(await read("in/link.csv")).toBe("name,email\na,sam@example.com\n");
    expect(git("status", "--porcelain")).toBe(" M staff.csv\n");
  });

  it("edits the rows of the chosen environment, and notes that others may share files", async () => {
    await write({
      "chatform.yaml": `${users.replace("staff.csv", '"${var:rows}"')}environments:
  prod: { varFile: prod.vars.yaml }
  test: { varFile: test.vars.yaml }
`,
      "prod.vars.yaml": "rows: prod.csv\n",
      "test.vars.yaml": "rows: test.csv\n",
      "prod.csv": "name,email\na,gone@example.com\n",
      "test.csv": "name,email\na,gone@example.com\n",
    });
    commit();
    const { code, stderr } = await fix("--env", "prod");
    expect([code, stderr]).toEqual([
      0,
      "Note: Environments share config files. A departed user of this org may be active in the org of: test.\n",
    ]);
    expect(await read("prod.csv")).toBe("name,email\n");
    expect(await read("test.csv")).toContain("gone@example.com");
  });

  it("refuses rows from a pipe", async () => {
    await write({ "chatform.yaml": users });
    execFileSync("mkfifo", [join(cwd, "staff.csv")]);
    const [{ code, stderr }] = await Promise.all([fix(), write({ "staff.csv": "name,email\n" })]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("(file-not-replaced)")]);
  });
});
