/** Plays a week of drift through the schedule: each night is a new process that keeps the issue up to date. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { runBin } from "../helpers/bin.js";
import type { Tracker } from "../helpers/issue-trackers.js";
import { trackers } from "../helpers/issue-trackers.js";
import { runCli } from "../helpers/run.js";

const desired = `
version: 1
settings: { reactionsEnabled: true }
rooms:
  ops: { subject: Ops, description: Day and night, participants: [jane.doe@example.com, sam@example.com] }
  support: { subject: Support, participants: [jane.doe@example.com, { group: Support }] }
`;

/** Texts that anybody in a room can write. */
const subject =
  "@acme/everyone see #1 <!channel> [win](https://evil.example) ![](https://evil.example/p.png)";
const description =
  "```\n</details><img src=x onerror=alert(1)>\n/close\n--> <!-- chatform-drift v1 e30= -->\n~~~";

let emulator: Emulator;
let tracker: Tracker;
let cwd = "";
let jid = "";
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  tracker = await trackers["github-issue"]();
  env = { ...emulator.env, ...tracker.env };
  cwd = await mkdtemp(join(tmpdir(), "chatform-issue-"));
  await writeFile(join(cwd, "chatform.yaml"), desired);
  expect(await runCli(["apply", "--auto-approve"], { cwd, env })).toMatchObject({ code: 0 });
  jid = emulator.dump().rooms.find((one) => one.subject === "Ops")?.jid ?? "";
});
afterEach(async () => {
  await emulator.close();
  await tracker.close();
  await rm(cwd, { recursive: true });
});

function room(set: Readonly<Record<string, string>>): void {
  emulator.change({ change: "room", room: jid, set });
}

function people(change: "join" | "leave", ...users: readonly string[]): void {
  for (const user of users) emulator.change({ change, room: jid, user });
}

function support(change: Readonly<Record<"add" | "remove", readonly string[]>>): void {
  emulator.change({ change: "members", of: "group", name: "Support", ...change });
}

/** The nights, with what happens during the day before. */
const week: readonly (readonly [name: string, day: () => void, command: string, code: number])[] = [
  ["Monday, no drift", () => undefined, "drift", 0],
  [
    "Tuesday, somebody renames a room",
    () => {
      room({ subject });
    },
    "drift",
    2,
  ],
  ["Wednesday, the same", () => undefined, "drift", 2],
  [
    "Thursday, more: a person leaves, another one joins",
    () => {
      room({ description });
      people("leave", "sam@example.com");
      people("join", "bo@example.com");
      emulator.change({ change: "settings", set: { reactionsEnabled: false } });
    },
    "drift",
    2,
  ],
  [
    "Friday, the setting and the people are put back, and a person leaves the group",
    () => {
      emulator.change({ change: "settings", set: { reactionsEnabled: true } });
      people("join", "sam@example.com");
      people("leave", "bo@example.com");
      support({ add: [], remove: ["sam@example.com"] });
    },
    "drift",
    2,
  ],
  [
    "Saturday, the room and the group too",
    () => {
      support({ add: ["sam@example.com"], remove: [] });
      room({ subject: "Ops", description: "Day and night" });
    },
    "drift",
    0,
  ],
  [
    "Sunday, drift again",
    () => {
      room({ subject: "Ops 2" });
      people("join", "bo@example.com", "ana@example.com");
    },
    "drift",
    2,
  ],
  ["Monday, the schedule repairs", () => undefined, "repair --auto-approve", 0],
];

it("opens, updates and closes one issue in a week", async () => {
  const lines: string[] = [];
  for (const [name, day, command, code] of week) {
    day();
    tracker.requests.length = 0;
    const said = tracker.issues.flatMap(({ comments }) => comments).length;
    const run = await runCli([...command.split(" "), "--notify", "github-issue"], { cwd, env });
    expect({ name, code: run.code, stderr: run.stderr }).toEqual({ name, code, stderr: "" });
    lines.push(
      `===== ${name} =====`,
      ...tracker.requests,
      ...tracker.issues.flatMap((issue) => shown(issue, said)),
    );
  }
  const text = lines
    .join("\n")
    .replaceAll(emulator.url, "http://EMULATOR")
    .replaceAll(/127\.0\.0\.1:\d+/g, "EMULATOR")
    .replaceAll(/^Config: .*$/gm, "Config: FILE  ")
    .replaceAll(/^Made: .*$/gm, "Made: TIME by chatform VERSION  ");
  await expect(`${text}\n`).toMatchFileSnapshot("drift-issue-week.txt");
});

function shown(
  { number, title, isOpen, body, comments }: Tracker["issues"][number],
  said: number,
): readonly string[] {
  const text = body.replace(/^<!-- chatform-drift v1 \S+ -->/, "<!-- marker -->");
  return [
    `----- #${number} ${isOpen ? "open" : "closed"}: ${title}`,
    text,
    ...comments.slice(said).flatMap((comment) => ["----- new comment", comment]),
  ];
}

it("goes on with the issue of an audit before the first apply, when there was no state", async () => {
  const fresh = await mkdtemp(join(tmpdir(), "chatform-issue-"));
  const night = async () => (await runCli(["drift", "--notify", "github-issue"], { cwd: fresh, env })).code;
  try {
    await writeFile(join(fresh, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: false }\n");
    expect(await night()).toBe(2);
    expect(await runCli(["apply", "--auto-approve"], { cwd: fresh, env })).toMatchObject({ code: 0 });
    expect(await night()).toBe(0);
    emulator.change({ change: "settings", set: { reactionsEnabled: true } });
    expect(await night()).toBe(2);
  } finally {
    await rm(fresh, { recursive: true });
  }
  expect(tracker.issues.map(({ isOpen, comments }) => [isOpen, comments.length])).toEqual([[true, 2]]);
});

it("keeps an issue for each of two configs without a state, in two folders of the repository", async () => {
  const night = async (folder: string) =>
    (await runCli(["drift", "--notify", "github-issue"], { cwd: join(cwd, folder), env })).code;
  await mkdir(join(cwd, ".git"));
  for (const [folder, isEnabled] of [
    ["one", false],
    ["two", true],
  ] as const) {
    await mkdir(join(cwd, folder));
    const text = `version: 1\nsettings: { reactionsEnabled: ${isEnabled} }\n`;
    await writeFile(join(cwd, folder, "chatform.yaml"), text);
  }
  expect([await night("one"), await night("two")]).toEqual([2, 0]);
  expect(tracker.issues).toMatchObject([{ isOpen: true }]);
});

it("tells the verdict by its exit code, whatever the tracker responds", async () => {
  tracker.faults.push({ match: "/issues", status: 403, times: 2 });
  const args = ["--notify", "github-issue"];
  const quiet = await runCli(["drift", ...args], { cwd, env });
  room({ subject });
  const drift = await runCli(["drift", ...args], { cwd, env });
  expect([quiet.code, drift.code]).toEqual([0, 2]);
  for (const { stderr } of [quiet, drift]) {
    expect(stderr).toMatch(/^Warning: Could not notify the issues of acme\/chat: .* 403; .*issues: write/);
    expect(stderr).not.toContain(tracker.token);
  }
});

it("shows that it waits for a tracker, and ends at Ctrl-C", async () => {
  tracker.onRequest = () => new Promise(() => undefined);
  let interrupt = (): void => undefined;
  const { code, stderr } = await runBin(["drift", "--notify", "github-issue"], {
    ...{ cwd, env },
    onStart: (kill) => {
      interrupt = () => {
        kill("SIGINT");
      };
    },
    onStderr: (text) => {
      if (text.includes("Waiting for")) interrupt();
    },
  });
  expect([code, stderr]).toEqual([
    130,
    expect.stringMatching(/^Waiting for a response from the issues of acme\/chat/),
  ]);
});
