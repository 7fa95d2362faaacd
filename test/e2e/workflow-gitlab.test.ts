/** The pipeline that `chatform init --ci gitlab` writes: checked with GitLab's schema, and its scripts are run. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startEmulator } from "../../src/emulator/index.js";
import type { Job, JobResult, Pipeline } from "../helpers/gitlab.js";
import { startedBy } from "../helpers/gitlab.js";
import { GitlabProject, pipelinePath as path } from "../helpers/gitlab-project.js";
import { trackers } from "../helpers/issue-trackers.js";
import { runCli } from "../helpers/run.js";

let project: GitlabProject;
beforeEach(async () => {
  project = await GitlabProject.start();
});
afterEach(async () => {
  await project.stop();
});

/** Runs the pipeline that the last plan wrote. */
async function apply(): Promise<JobResult> {
  const { include, variables } = await artifact<{
    readonly include: object;
    readonly variables: Readonly<Record<string, string>>;
  }>("apply.yml");
  expect(include).toEqual({ local: path });
  return project.run("apply", variables);
}

async function artifact<T>(name: string): Promise<T> {
  return JSON.parse(await project.machine.read(name)) as T;
}

const bridges = (): readonly string[] => project.emulator.dump().rooms.map(({ subject }) => subject ?? "");

describe("the generated pipeline", () => {
  it("is checked with GitLab's own schema", async () => {
    await project.machine.write(path, (await project.machine.read(path)).replace("expose_as:", "expose_at:"));
    await expect(startedBy(project.machine.folder, {})).rejects.toMatchObject({
      stderr: expect.stringContaining("'expose_at' property is not expected") as string,
    });
  });

  const fork = { CI_MERGE_REQUEST_PROJECT_ID: "7", CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "8" };
  const request = { CI_PIPELINE_SOURCE: "merge_request_event", CI_COMMIT_BRANCH: "" };
  const main = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };

  it.each([
    ["a merge request", { ...request, ...fork, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "7" }, "validate plan"],
    ["a merge request of a fork", { ...request, ...fork }, "validate"],
    ["a push to main with a token", { ...main, GITLAB_TOKEN: "t" }, "reviewed plan apply-pipeline"],
    ["a run by hand", { ...main, CI_PIPELINE_SOURCE: "web", GITLAB_TOKEN: "t" }, "plan apply-pipeline"],
    ["a plan with changes", { ...main, CI_PIPELINE_SOURCE: "parent_pipeline" }, "apply:manual"],
    ["a schedule", { ...main, CI_PIPELINE_SOURCE: "schedule" }, "drift"],
  ])("starts the right jobs for %s", async (_event, variables, expected) => {
    const when = Object.entries(await startedBy(project.machine.folder, variables));
    const started = when.flatMap(([name, how]) =>
      how === "never" ? [] : [how === "on_success" ? name : `${name}:${how}`],
    );
    expect(started.join(" ")).toBe(`install ${expected}`);
  });

  it("installs where there are no credentials, and gives readers and writers environments of their own", () => {
    const environments = Object.entries(project.pipeline).flatMap(([name, job]) => {
      const { environment } = job as Job;
      return environment === undefined ? [] : [[name, environment]];
    });
    expect(Object.fromEntries(environments)).toEqual({
      plan: { name: "chatform-plan", action: "access" },
      drift: { name: "chatform-plan", action: "access" },
      apply: "chatform",
    });
    expect(JSON.stringify(project.pipeline).match(/npm [^"]*/g)).toEqual(["npm ci"]);
    expect((project.pipeline["default"] as unknown as { readonly image: string }).image).toMatch(
      /^node:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/,
    );
  });

  it("hands on files only from job to job of one pipeline, and to the job that applies only the packages", () => {
    const needs = Object.entries(project.pipeline).flatMap(([name, job]) => {
      const { script, trigger, needs: needed } = job as Partial<Job> & { readonly trigger?: object };
      return script === undefined && trigger === undefined ? [] : [[name, needed]];
    });
    // A job without needs would get the files of all jobs before it.
    expect(Object.fromEntries(needs)).toEqual({
      ...{ install: undefined, validate: ["install"], reviewed: [] },
      plan: ["install", { job: "reviewed", optional: true }],
      ...{ "apply-pipeline": ["plan"], apply: ["install"], drift: ["install"] },
    });
    expect((project.pipeline["install"] as Job).artifacts?.paths).toEqual(["node_modules"]);
  });

  it("prevents overlapping and interrupted applies, and hides artifacts that contain message texts", () => {
    expect(project.pipeline["apply"]).toMatchObject({
      ...{ environment: "chatform", resource_group: "chatform", interruptible: false },
    });
    for (const job of ["plan", "apply", "drift"])
      expect((project.pipeline[job] as Job).artifacts?.access).toBe("developer");
  });
});

describe("a merge request", () => {
  it("is validated and planned, with reports that GitLab shows", async () => {
    await project.declare("Bridge");
    const validated = await project.run("validate");
    expect(validated.ok, validated.log).toBe(true);
    expect([project.emulator.requests, project.states.requests]).toEqual([[], []]);
    const planned = await project.run("plan");
    expect(planned.ok, planned.log).toBe(true);
    // What GitLab's own summary of plans reads.
    expect(await artifact("plan.counts.json")).toEqual({ create: 1, update: 0, delete: 0 });
    expect(await project.machine.read("plan.checksum")).toMatch(/^[0-9a-f]{64}$/);
    const { paths, reports } = (project.pipeline["plan"] as Job).artifacts!;
    for (const name of [...paths, ...Object.values(reports ?? {})])
      expect(await readFile(join(project.machine.folder, name), "utf8")).not.toBe("");
    expect(bridges()).not.toContain("Bridge");
    expect(project.states.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(await project.machine.npm()).toEqual([]);
    expect((await project.run("install")).ok).toBe(true);
    expect(await project.machine.npm()).toEqual(["ci"]);
    await project.machine.write("node_modules", "");
    expect(await project.run("install")).toMatchObject({
      ok: false,
      log: expect.stringMatching(/^node_modules is in/) as string,
    });
  });

  it("fails when the config is invalid", async () => {
    await project.machine.write("chatform.yaml", "version: 1\nroms: {}\n");
    for (const job of ["validate", "plan"]) {
      const { ok, log } = await project.run(job);
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
    await project.emulator.close();
    const reader = { id: "reader", secret: "reader-secret", permissions };
    const applier = { id: "applier", secret: "applier-secret", permissions: [...permissions, ...more] };
    project.emulator = await startEmulator({ clients: [reader, applier] });
    await project.declare("Bridge");
  }

  it("fails the merge request if it lacks a permission", async () => {
    await start([]);
    const { ok, log } = await project.run("plan", variables);
    expect([ok, log.replaceAll(/\s+/g, " ")]).toEqual([
      false,
      expect.stringContaining("chat:room:add, for postChatsRooms of rooms/bridge.") as string,
    ]);
  });

  it("passes with all permissions, and is not checked without its variables or on main", async () => {
    await start(["chat:room:add"]);
    const checked = await project.run("plan", variables);
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
      const { ok, log } = await project.run("plan", others);
      expect([ok, log.includes("To apply")], log).toEqual([true, false]);
    }
  });
});

describe("a push to main", () => {
  it("applies its own plan to the state that GitLab stores", async () => {
    await project.declare("Bridge");
    await project.run("plan");
    const applied = await apply();
    expect(applied.ok, applied.log).toBe(true);
    expect(bridges()).toContain("Bridge");
    expect(project.states.content).toContain("rooms/bridge");
    expect(project.states.lock).toBeUndefined();
    const paths = new Set(
      project.states.requests.map(
        ({ method, url }) => `${method} ${new URL(url, project.states.url).pathname}`,
      ),
    );
    const state = "/api/v4/projects/7/terraform/state/chat";
    expect([...paths].sort()).toEqual([
      `DELETE ${state}/lock`,
      `GET ${state}`,
      `POST ${state}`,
      `POST ${state}/lock`,
    ]);
    // The second time, there is no job to start.
    await project.run("plan");
    expect(await artifact("plan.counts.json")).toEqual({ create: 0, update: 0, delete: 0 });
    const nothing = await artifact<Readonly<Record<string, Job>>>("apply.yml");
    expect(nothing).toEqual({ "nothing-to-apply": { script: ["echo The plan has no changes."] } });
  });

  it("applies a plan that only records what an earlier run created", async () => {
    await project.emulator.close();
    project.emulator = await startEmulator({
      actingUser: "jane.doe@example.com",
      faults: [
        { match: { operation: "postChatsRooms" }, action: { type: "drop-after" } },
        { match: { operation: "getUsersChatsMe" }, times: "always", action: { type: "status", status: 500 } },
      ],
    });
    await project.declare("Bridge");
    await project.run("plan");
    expect((await apply()).ok).toBe(false);
    project.emulator.clearFaults();

    const planned = await project.run("plan");
    expect(planned.ok, planned.log).toBe(true);
    expect(await artifact("plan.counts.json")).toEqual({ create: 0, update: 0, delete: 0 });
    const applied = await apply();
    expect(applied.ok, applied.log).toBe(true);
    expect(project.states.content).toContain("rooms/bridge");
    expect(bridges().filter((subject) => subject === "Bridge")).toHaveLength(1);
  });

  it("applies nothing when the plan has changed", async () => {
    await project.declare("Bridge");
    await project.run("plan");
    await project.declare("Tower");
    const { ok, log } = await apply();
    expect(ok).toBe(false);
    expect(log).toContain("The plan has changed");
    expect(bridges()).not.toContain("Tower");
  });

  it("destroys data only if the pipeline was run by hand with that variable", async () => {
    await project.machine.write(
      "chatform.yaml",
      "version: 1\nsettings: { messageRetentionPeriodDays: 99 }\n",
    );
    await project.run("plan");
    expect((await apply()).log).toContain("--allow-data-loss");
    await project.run("plan", { CHATFORM_ALLOW_DATA_LOSS: "true", CHATFORM_ALLOW_DELETIONS: "3" });
    const { ok, log } = await apply();
    expect(ok, log).toBe(true);
    expect(project.emulator.dump().settings.messageRetentionPeriodDays).toBe(99);
  });
});

describe("a schedule", () => {
  it("fails on drift, and only then", async () => {
    await project.declare("Bridge");
    await project.run("plan");
    await apply();
    const quiet = await project.run("drift");
    expect(quiet.ok, quiet.log).toBe(true);
    project.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    expect((await project.run("drift")).ok).toBe(false);
    expect(await project.machine.read("drift.xml")).toContain("<failure");
  });

  it("keeps an issue with a token for it, and repairs if chosen", async () => {
    const tracker = await trackers["gitlab-issue"]();
    await runCli(["init", "--ci", "gitlab", "--repair", "--force"], { cwd: project.machine.folder });
    const nightly = parse(await project.machine.read(path)) as Pipeline;
    expect(nightly["drift"]).toBeUndefined();
    expect(nightly["repair"]).toMatchObject({ environment: "chatform-nightly", resource_group: "chatform" });
    await startedBy(project.machine.folder, { CI_PIPELINE_SOURCE: "schedule", CI_COMMIT_BRANCH: "main" });
    await project.declare("Bridge");
    await project.run("plan");
    await apply();
    project.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const url = `${new URL(project.states.url).origin}/api/v4/projects/7/terraform/state/chat`;
    const variables = {
      ...{ ...tracker.env, TF_HTTP_ADDRESS: url },
      ...{ TF_HTTP_LOCK_ADDRESS: `${url}/lock`, TF_HTTP_UNLOCK_ADDRESS: `${url}/lock` },
    };
    expect((await project.run("drift", variables)).ok).toBe(false);
    expect(tracker.issues).toMatchObject([{ isOpen: true }]);
    project.pipeline = nightly;
    const repaired = await project.run("repair", variables);
    expect(repaired.ok, repaired.log).toBe(true);
    expect(tracker.issues).toMatchObject([{ isOpen: false }]);
    expect(project.emulator.dump().settings.messageRetentionPeriodDays).toBe(3650);
    await tracker.close();
  });
});
