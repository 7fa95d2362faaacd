/** Permissions before the merge: a plan names what its apply would lack, and `doctor --plan` checks other credentials. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator, EmulatorOptions } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";

const reads = ["directory:user:view", "chat:room:view", "chat:setting:view"];
const writes = ["chat:room:add", "chat:participant:add", "chat:setting:edit"];
const clients = {
  reader: { id: "reader", secret: "reader-secret", permissions: reads },
  applier: { id: "applier", secret: "applier-secret", permissions: [...reads, ...writes] },
  // A plan that was made in full is applied without a search for its users.
  lean: { id: "lean", secret: "lean-secret", permissions: ["chat:room:view", ...writes] },
  wild: { id: "wild", secret: "wild-secret", permissions: ["chat:*:*", "directory:*:view"] },
  lacking: {
    id: "lacking",
    secret: "lacking-secret",
    permissions: [...reads, "chat:participant:add", "chat:setting:edit"],
  },
};
type Client = keyof typeof clients;

/** A room with more participants than one call adds. */
const config = `version: 1
settings: { reactionsEnabled: false }
rooms:
  bridge: { subject: Bridge, participants: [${Array.from({ length: 26 }, (_, at) => `p${at}@example.com`).join(", ")}] }
`;

let cwd = "";
let emulator: Emulator;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-permissions-"));
  await writeFile(join(cwd, "chatform.yaml"), config);
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

async function start(options: EmulatorOptions = {}): Promise<void> {
  const users = Array.from({ length: 26 }, (_, at) => ({ email: `p${at}@example.com` }));
  const seed = { users: [...users, { email: "jane.doe@example.com" }] };
  emulator = await startEmulator({ seed, clients: Object.values(clients), ...options });
}

function as(client: Client, ...args: readonly string[]): Promise<RunResult> {
  const { id, secret } = clients[client];
  const { CHATFORM_API_URL = "", CHATFORM_LOGIN_URL = "" } = emulator.env;
  return runCli(args, {
    cwd,
    env: {
      ...{ CHATFORM_API_URL, CHATFORM_LOGIN_URL },
      ...{ GENESYSCLOUD_OAUTHCLIENT_ID: id, GENESYSCLOUD_OAUTHCLIENT_SECRET: secret },
    },
  });
}

const flat = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("plan", () => {
  it("names each permission that its apply would lack, with the operations and addresses", async () => {
    await start();
    const { code, stderr, stdout } = await as("reader", "plan");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Plan: 1 to create, 1 to update.");
    expect(flat(stderr)).toBe(
      "Warning: The credentials lack permissions that apply needs (missing-permissions) " +
        "Missing: chat:chat:access or chat:room:add, for postChatsRooms of rooms/bridge. " +
        "Missing: chat:chat:access or chat:participant:add, for postChatsRoomParticipant of rooms/bridge. " +
        "Missing: chat:setting:edit, for patchChatsSettings of settings. " +
        "help: Add one permission of each line to a role of the credentials that apply. " +
        "To check other credentials: chatform doctor --plan FILE ",
    );
  });

  it("is refused with --require-permissions", async () => {
    await start();
    const refused = await as("lacking", "plan", "--require-permissions", "--out", "plan.json");
    expect([refused.code, flat(refused.stderr)]).toEqual([
      1,
      expect.stringMatching(
        /^Error: .* chat:room:add, for postChatsRooms of rooms\/bridge\. help:/,
      ) as string,
    ]);
    await expect(readFile(join(cwd, "plan.json"))).rejects.toThrow("ENOENT");
    for (const client of ["applier", "wild"] as const)
      expect((await as(client, "plan", "--require-permissions")).stderr).toBe("");
  });

  it("shows the warning in its JSON and reports, and can be applied", async () => {
    await start();
    const { stdout } = await as(
      "lacking",
      "plan",
      "--json",
      "--report",
      "markdown=plan.md",
      "--report",
      "html=plan.html",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      applyable: true,
      diagnostics: [{ severity: "warning", code: "missing-permissions" }],
    });
    for (const file of ["plan.md", "plan.html"])
      expect((await readFile(join(cwd, file), "utf8")).replaceAll("`", "")).toContain(
        "chat:room:add, for postChatsRooms of rooms/bridge",
      );
    await as("lacking", "plan", "--out", "plan.json");
    expect((await as("applier", "apply", "plan.json")).code).toBe(0);
  });

  it.each<[string, EmulatorOptions]>([
    ["refused", { variants: { refused: ["getAuthorizationSubjectsMe"] } }],
    ["not found", { variants: { refused: ["getAuthorizationSubjectsMe"], refusedError: "404 not.found" } }],
  ])("says nothing where the service does not tell them: %s", async (_case, options) => {
    await start(options);
    const quiet = await as("lacking", "plan");
    expect([quiet.code, quiet.stderr]).toEqual([0, ""]);
    const required = await as("lacking", "plan", "--require-permissions");
    expect([required.code, flat(required.stderr)]).toEqual([
      0,
      expect.stringContaining("--require-permissions checks nothing here.") as string,
    ]);
  });

  it("sends one request more where there are changes, and none where there are none", async () => {
    await start();
    const asked = (): readonly string[] =>
      emulator.requests
        .map(({ operation }) => operation ?? "")
        .filter((name) => /Subjects|UsersMe/.test(name));
    await as("applier", "plan");
    expect(asked()).toEqual(["getAuthorizationSubjectsMe"]);
    await as("applier", "apply", "--auto-approve");
    emulator.clearRequests();
    expect((await as("applier", "plan")).stdout).toContain("No changes");
    expect(asked()).toEqual([]);
  });
});

describe("doctor --plan", () => {
  const planned = async (...args: readonly string[]): Promise<void> => {
    await start();
    expect((await as("reader", "plan", ...args)).code).toBe(0);
  };

  it("passes with the permissions of the calls, and of the reads around them", async () => {
    await planned("--out", "plan.json");
    for (const client of ["applier", "wild"] as const) {
      const { code, stdout } = await as(client, "doctor", "--plan", "plan.json");
      expect(code, stdout).toBe(0);
      expect(stdout).toContain("ok      To apply    All permissions are there.");
    }
  });

  it("names the one that is missing", async () => {
    await planned("--out", "plan.json");
    const { code, stdout } = await as("lacking", "doctor", "--plan", "plan.json");
    expect(code).toBe(1);
    expect(flat(stdout)).toContain(
      "failure To apply Missing: chat:chat:access or chat:room:add, for postChatsRooms of rooms/bridge. help: Add the permission",
    );
    const { stdout: json } = await as("lacking", "doctor", "--plan", "plan.json", "--json");
    const { checks } = JSON.parse(json) as { checks: readonly { status: string; missing?: object }[] };
    expect(checks.filter(({ status }) => status === "failure")).toEqual([
      expect.objectContaining({
        topic: "permissions-apply",
        code: "missing-permissions",
        missing: [
          {
            anyOf: ["chat:chat:access", "chat:room:add"],
            operations: ["postChatsRooms"],
            addresses: ["rooms/bridge"],
          },
        ],
      }),
    ]);
  });

  it("warns of permissions that only planning needs, if the plan was saved to be applied", async () => {
    await planned("--out", "plan.json");
    const lean = await as("lean", "doctor", "--plan", "plan.json");
    expect([lean.code, flat(lean.stdout)]).toEqual([
      0,
      expect.stringContaining("warning To plan Missing: directory:user:view") as string,
    ]);
    expect((await as("lean", "apply", "plan.json")).code).toBe(0);
  });

  it("fails for them if the plan is a report: its checksum is applied, which plans again", async () => {
    await planned("--report", "json=plan.json");
    const lean = await as("lean", "doctor", "--plan", "plan.json");
    expect([lean.code, flat(lean.stdout)]).toEqual([
      1,
      expect.stringContaining("failure To plan Missing: directory:user:view") as string,
    ]);
    expect((await as("lean", "apply", "--auto-approve")).code).toBe(1);
  });

  it("refuses a file that is no plan", async () => {
    await start();
    const { code, stderr } = await as("lean", "doctor", "--plan", "chatform.yaml");
    expect([code, stderr]).toEqual([1, expect.stringContaining("(not-a-plan)") as string]);
  });
});
