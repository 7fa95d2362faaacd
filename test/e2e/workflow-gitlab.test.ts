/** The pipeline that `chatform init --ci gitlab` writes: checked with GitLab's schema, and its scripts are run. */
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
    ...emulator.env,
    ...{ GITLAB_CI: "true", CI_PROJECT_ID: "7", CI_JOB_TOKEN: "job", CI_CONFIG_PATH: path },
    CI_API_V4_URL: `${new URL(states.url).origin}/api/v4`,
    ...more,
  };
  return runJob(pipeline, job, { machine, variables });
}

/** Runs the pipeline that the last plan wrote. */
async function apply(): Promise<JobResult> {
  const { include, variables } = await artifact<{
    readonly include: object;
    readonly variables: Readonly<Record<string, string>>;
  }>("apply.yml");
  expect(include).toEqual({ local: path });
  return run("apply", variables);
}

async function artifact<T>(name: string): Promise<T> {
  return JSON.parse(await machine.read(name)) as T;
}

const bridges = (): readonly string[] => emulator.dump().rooms.map(({ subject }) => subject ?? "");

describe("the generated pipeline", () => {
  it("is checked with GitLab's own schema", async () => {
    await machine.write(path, (await machine.read(path)).replace("expose_as:", "expose_at:"));
    await expect(startedBy(machine.folder, {})).rejects.toMatchObject({
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
    const when = Object.entries(await startedBy(machine.folder, variables));
    const started = when.flatMap(([name, how]) =>
      how === "never" ? [] : [how === "on_success" ? name : `${name}:${how}`],
    );
    expect(started.join(" ")).toBe(`install ${expected}`);
  });

  it("installs where there are no credentials, and gives readers and writers environments of their own", () => {
    const environments = Object.entries(pipeline).flatMap(([name, job]) => {
      const { environment } = job as Job;
      return environment === undefined ? [] : [[name, environment]];
    });
    expect(Object.fromEntries(environments)).toEqual({
      plan: { name: "chatform-plan", action: "access" },
      drift: { name: "chatform-plan", action: "access" },
      apply: "chatform",
    });
    expect(JSON.stringify(pipeline).match(/npm [^"]*/g)).toEqual(["npm ci"]);
    expect((pipeline["default"] as unknown as { readonly image: string }).image).toMatch(
      /^node:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/,
    );
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
    for (const name of [...paths, ...Object.values(reports ?? {})])
      expect(await readFile(join(machine.folder, name), "utf8")).not.toBe("");
    expect(bridges()).not.toContain("Bridge");
    expect(states.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(await machine.npm()).toEqual([]);
    expect((await run("install")).ok).toBe(true);
    expect(await machine.npm()).toEqual(["ci"]);
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
    const applied = await apply();
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
    // The second time, there is no job to start.
    await run("plan");
    expect(await artifact("plan.counts.json")).toEqual({ create: 0, update: 0, delete: 0 });
    const nothing = await artifact<Readonly<Record<string, Job>>>("apply.yml");
    expect(nothing).toEqual({ "nothing-to-apply": { script: ["echo The plan has no changes."] } });
  });

  it("applies nothing when the plan has changed", async () => {
    await declare("Bridge");
    await run("plan");
    await declare("Tower");
    const { ok, log } = await apply();
    expect(ok).toBe(false);
    expect(log).toContain("The plan has changed");
    expect(bridges()).not.toContain("Tower");
  });

  it("destroys data only if the pipeline was run by hand with that variable", async () => {
    await machine.write("chatform.yaml", "version: 1\nsettings: { messageRetentionPeriodDays: 99 }\n");
    await run("plan");
    expect((await apply()).log).toContain("--allow-data-loss");
    await run("plan", { CHATFORM_ALLOW_DATA_LOSS: "true", CHATFORM_ALLOW_DELETIONS: "3" });
    const { ok, log } = await apply();
    expect(ok, log).toBe(true);
    expect(emulator.dump().settings.messageRetentionPeriodDays).toBe(99);
  });
});

describe("the reviewed plan", () => {
  const commit = "c".repeat(40);
  const request = { iid: 12, state: "merged", target_branch: "main", sha: "head", merge_commit_sha: commit };
  const pipelines = [
    { id: 1, sha: "older", ref: "refs/merge-requests/12/head" },
    { id: 3, sha: "result", ref: "refs/merge-requests/12/merge" },
    { id: 2, sha: "head", ref: "refs/merge-requests/12/head" },
  ];

  /** What GitLab's API has about the commit. */
  async function start(checksum: string, merged: object = request): Promise<Server> {
    const responses: Readonly<Record<string, unknown>> = {
      [`repository/commits/${commit}/merge_requests`]: [{ ...request, iid: 11, state: "closed" }, merged],
      "merge_requests/12/pipelines": pipelines,
      "pipelines/3/jobs?per_page=100": [
        { id: 8, name: "plan", status: "failed" },
        { id: 9, name: "plan", status: "success" },
      ],
      "jobs/9/artifacts/plan.checksum": checksum,
    };
    const server = createServer(({ url = "", headers }, response) => {
      const body = responses[url.replace("/gitlab/api/v4/projects/7/", "")];
      response.statusCode = headers["private-token"] !== "t" ? 401 : body === undefined ? 404 : 200;
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Runs the jobs of a push to main whose merge request had a plan. */
  async function push(checksum: string, merged?: object, GITLAB_TOKEN = "t"): Promise<readonly JobResult[]> {
    const server = await start(checksum, merged);
    const { port } = server.address() as AddressInfo;
    const found = await run("reviewed", {
      ...{ GITLAB_TOKEN, CI_COMMIT_SHA: commit, CI_DEFAULT_BRANCH: "main" },
      CI_API_V4_URL: `http://127.0.0.1:${port}/gitlab/api/v4`,
    });
    server.close();
    return found.ok ? [found, await run("plan")] : [found];
  }

  it("is the only one that is applied", async () => {
    await declare("Bridge");
    await run("plan");
    const checksum = await machine.read("plan.checksum");
    const [found, same] = await push(checksum);
    expect(found?.log).toBe(`Reviewed plan of !12: ${checksum}\n`);
    expect(same?.ok, same?.log).toBe(true);
    await declare("Tower");
    const [, other] = await push(checksum);
    expect([other?.ok, other?.log]).toEqual([
      false,
      expect.stringContaining("This is not the plan that was"),
    ]);
  });

  it("does not exist without a merged request of this commit, and is not needed where nothing changes", async () => {
    await declare("Bridge");
    for (const merged of [
      { ...request, merge_commit_sha: "another" },
      { ...request, target_branch: "x" },
    ]) {
      const [found, planned] = await push("0", merged);
      expect([found?.log, planned?.ok]).toEqual(["Reviewed plan of no merge request: none\n", false]);
    }
    await machine.write("chatform.yaml", "version: 1\nsettings: { messageRetentionPeriodDays: 3650 }\n");
    expect((await push("0"))[1]?.ok).toBe(true);
  });

  it("is not guessed where GitLab refuses to tell", async () => {
    expect(await push("0", request, "expired")).toMatchObject([{ ok: false }]);
  });
});

describe("a schedule", () => {
  it("fails on drift, and only then", async () => {
    await declare("Bridge");
    await run("plan");
    await apply();
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
    await run("plan");
    await apply();
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
