/** The pipeline that `chatform init --ci gitlab` writes: checked with GitLab's schema, and its scripts are run. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { Job, JobResult, Pipeline } from "../helpers/gitlab.js";
import { runJob, startedBy } from "../helpers/gitlab.js";
import { trackers } from "../helpers/issue-trackers.js";
import { runCli } from "../helpers/run.js";
import { Machine } from "../helpers/shell.js";

const path = ".gitlab-ci.yml";

let emulator: Emulator;
let states: StateServer;
let machine: Machine;
let pipeline: Pipeline;
beforeEach(async () => {
  emulator = await startEmulator();
  states = await startStateServer({ manner: "gitlab", credentials: "gitlab-ci-token:job" });
  machine = await Machine.start();
  await runCli(["init", "--ci", "gitlab"], { cwd: machine.folder });
  await machine.commit();
  pipeline = parse(await machine.read(path)) as Pipeline;
});
afterEach(async () => {
  await machine.stop();
  await states.close();
  await emulator.close();
});

/** Declares a room instead of the examples that `init` wrote; the state is where the pipeline says. */
async function declare(subject: string): Promise<void> {
  const [starter = ""] = (await machine.read("chatform.yaml")).split("# declared");
  const own = starter.replace(/^include: .*$/m, "");
  const room = `bridge: { subject: ${subject}, participants: [jane.doe@example.com] }`;
  await machine.write(
    "chatform.yaml",
    `${own}# declared\nsettings: { messageRetentionPeriodDays: 3650 }\nrooms:\n  ${room}\n`,
  );
}

function run(job: string, more: Readonly<Record<string, string>> = {}): Promise<JobResult> {
  const variables = {
    ...{ ...emulator.env, GITLAB_CI: "true", CI_PROJECT_ID: "7", CI_JOB_TOKEN: "job" },
    ...{ CI_API_V4_URL: `${new URL(states.url).origin}/api/v4`, ...more },
  };
  return runJob(pipeline, job, { machine, variables });
}

async function artifact<T>(name: string): Promise<T> {
  return JSON.parse(await machine.read(name)) as T;
}

const bridges = (): readonly string[] => emulator.dump().rooms.map(({ subject }) => subject ?? "");

describe("the generated pipeline", () => {
  it("is valid by GitLab's own schema", async () => {
    await startedBy(machine.folder, { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" });
    await machine.write(path, (await machine.read(path)).replace("expose_as:", "expose_at:"));
    await expect(startedBy(machine.folder, {})).rejects.toMatchObject({
      stderr: expect.stringContaining("'expose_at' property is not expected") as string,
    });
  });

  it.each([
    ["a merge request", { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" }, "validate plan"],
    ["a push to main", { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" }, "plan apply:manual"],
    ["a schedule", { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" }, "drift"],
  ])("starts the right jobs for %s", async (_event, variables, expected) => {
    const when = Object.entries(await startedBy(machine.folder, variables));
    const started = when.flatMap(([name, how]) =>
      how === "never" ? [] : [how === "on_success" ? name : `${name}:${how}`],
    );
    expect(started.join(" ")).toBe(expected);
  });

  it("prevents overlapping and interrupted applies, and hides artifacts that contain message texts", () => {
    expect(pipeline["apply"]).toMatchObject({
      ...{ environment: "chatform", resource_group: "chatform", interruptible: false },
    });
    for (const job of ["plan", "apply", "drift"])
      expect((pipeline[job] as Job).artifacts?.access).toBe("developer");
  });
});

describe("a merge request", () => {
  it("is validated and planned, with reports that GitLab shows", async () => {
    await declare("Bridge");
    const validated = await run("validate");
    expect(validated.ok, validated.log).toBe(true);
    expect([emulator.requests, states.requests]).toEqual([[], []]);
    const planned = await run("plan");
    expect(planned.ok, planned.log).toBe(true);
    // What GitLab's own summary of plans reads.
    expect(await artifact("plan.counts.json")).toEqual({ create: 1, update: 0, delete: 0 });
    expect(await machine.read("plan.checksum")).toMatch(/^[0-9a-f]{64}$/);
    const { paths, reports } = (pipeline["plan"] as Job).artifacts!;
    for (const name of [...paths, ...Object.values(reports)])
      expect(await readFile(join(machine.folder, name), "utf8")).not.toBe("");
    expect(bridges()).not.toContain("Bridge");
    expect(states.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(await machine.npm()).toEqual(Array<string>(2).fill("ci"));
  });

  it("fails when the config is invalid", async () => {
    await machine.write("chatform.yaml", "version: 1\nroms: {}\n");
    for (const job of ["validate", "plan"]) {
      const { ok, log } = await run(job);
      expect(ok).toBe(false);
      expect(log).toContain("unknown-key");
    }
  });
});

describe("the client that applies", () => {
  const permissions = ["directory:user:view", "chat:room:view", "chat:setting:view"];
  const variables = {
    CI_PIPELINE_SOURCE: "merge_request_event",
    GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: "applier",
    GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: "applier-secret",
  };

  async function start(more: readonly string[]): Promise<void> {
    await emulator.close();
    const reader = { id: "reader", secret: "reader-secret", permissions };
    const applier = { id: "applier", secret: "applier-secret", permissions: [...permissions, ...more] };
    emulator = await startEmulator({ clients: [reader, applier] });
    await declare("Bridge");
  }

  it("fails the merge request if it lacks a permission", async () => {
    await start([]);
    const { ok, log } = await run("plan", variables);
    expect([ok, log.replaceAll(/\s+/g, " ")]).toEqual([
      false,
      expect.stringContaining("chat:room:add, for postChatsRooms of rooms/bridge.") as string,
    ]);
  });

  it("passes with all permissions, and is not checked without its variables or on main", async () => {
    await start(["chat:room:add"]);
    const checked = await run("plan", variables);
    expect([checked.ok, checked.log]).toEqual([
      true,
      expect.stringContaining("ok      To apply    All permissions are there.") as string,
    ]);
    const unset = { ...variables, GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: "" };
    const literal = {
      ...variables,
      GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: "$GENESYSCLOUD_APPLY_OAUTHCLIENT_ID_TEST",
    };
    for (const others of [unset, literal, { ...variables, CI_PIPELINE_SOURCE: "push" }]) {
      const { ok, log } = await run("plan", others);
      expect([ok, log.includes("To apply")], log).toEqual([true, false]);
    }
  });
});

describe("a push to main", () => {
  it("applies its own plan to the state that GitLab stores", async () => {
    await declare("Bridge");
    await run("plan");
    const applied = await run("apply");
    expect(applied.ok, applied.log).toBe(true);
    expect(bridges()).toContain("Bridge");
    expect(states.content).toContain("rooms/bridge");
    expect(states.lock).toBeUndefined();
    const paths = new Set(
      states.requests.map(({ method, url }) => `${method} ${new URL(url, states.url).pathname}`),
    );
    const state = "/api/v4/projects/7/terraform/state/chat";
    expect([...paths].sort()).toEqual([
      `DELETE ${state}/lock`,
      `GET ${state}`,
      `POST ${state}`,
      `POST ${state}/lock`,
    ]);
  });

  it("applies nothing when the plan has changed", async () => {
    await declare("Bridge");
    await run("plan");
    await declare("Tower");
    const { ok, log } = await run("apply");
    expect(ok).toBe(false);
    expect(log).toContain("The plan has changed");
    expect(bridges()).not.toContain("Tower");
  });

  it("has nothing to do the second time", async () => {
    await declare("Bridge");
    for (const job of ["plan", "apply", "plan"]) expect((await run(job)).ok).toBe(true);
    expect(await artifact("plan.counts.json")).toEqual({ create: 0, update: 0, delete: 0 });
    expect((await run("apply")).ok).toBe(true);
    expect(bridges().filter((subject) => subject === "Bridge")).toHaveLength(1);
  });
});

describe("a schedule", () => {
  it("fails on drift, and only then", async () => {
    await declare("Bridge");
    for (const job of ["plan", "apply"]) await run(job);
    const quiet = await run("drift");
    expect(quiet.ok, quiet.log).toBe(true);
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    expect((await run("drift")).ok).toBe(false);
    expect(await machine.read("drift.xml")).toContain("<failure");
  });

  it("keeps an issue with a token for it, and repairs if chosen", async () => {
    const tracker = await trackers["gitlab-issue"]();
    await runCli(["init", "--ci", "gitlab", "--repair", "--force"], { cwd: machine.folder });
    const nightly = parse(await machine.read(path)) as Pipeline;
    expect(nightly["drift"]).toBeUndefined();
    expect(nightly["repair"]).toMatchObject({ environment: "chatform-nightly", resource_group: "chatform" });
    await startedBy(machine.folder, { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" });
    await declare("Bridge");
    for (const job of ["plan", "apply"]) await run(job);
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const url = `${new URL(states.url).origin}/api/v4/projects/7/terraform/state/chat`;
    const variables = {
      ...{ ...tracker.env, TF_HTTP_ADDRESS: url },
      ...{ TF_HTTP_LOCK_ADDRESS: `${url}/lock`, TF_HTTP_UNLOCK_ADDRESS: `${url}/lock` },
    };
    expect((await run("drift", variables)).ok).toBe(false);
    expect(tracker.issues).toMatchObject([{ isOpen: true }]);
    pipeline = nightly;
    const repaired = await run("repair", variables);
    expect(repaired.ok, repaired.log).toBe(true);
    expect(tracker.issues).toMatchObject([{ isOpen: false }]);
    expect(emulator.dump().settings.messageRetentionPeriodDays).toBe(3650);
    await tracker.close();
  });
});
