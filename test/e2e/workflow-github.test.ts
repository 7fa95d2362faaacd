/** The workflow that `chatform init --ci github` writes: GitHub's own parser reads it, and its steps are run. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { Contexts, Job, JobResult } from "../helpers/github.js";
import { holds, runJob } from "../helpers/github.js";
import { runCli } from "../helpers/run.js";
import { Machine } from "../helpers/shell.js";

const path = ".github/workflows/chatform.yml";

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

let emulator: Emulator;
let states: StateServer;
let machine: Machine;
let workflow: Workflow;
let text: string;
beforeEach(async () => {
  emulator = await startEmulator();
  states = await startStateServer({ manner: "terraform" });
  machine = await Machine.start();
  await runCli(["init", "--ci", "github"], { cwd: machine.folder });
  await machine.commit();
  text = await machine.read(path);
  workflow = parse(text) as Workflow;
});
afterEach(async () => {
  await machine.stop();
  await states.close();
  await emulator.close();
});

async function declare(subject: string, retention = 3650): Promise<void> {
  await machine.write(
    "chatform.yaml",
    `version: 1
settings: { messageRetentionPeriodDays: ${retention} }
rooms:
  bridge: { subject: ${subject}, participants: [jane.doe@example.com] }
state: { backend: http, address: "${states.url}", lockAddress: "${states.url}" }
`,
  );
}

function toEvent(name: string, more: object = {}): Contexts {
  const { GENESYSCLOUD_OAUTHCLIENT_ID: id = "", GENESYSCLOUD_OAUTHCLIENT_SECRET: secret = "" } = emulator.env;
  return {
    github: {
      event_name: name,
      repository: "acme/chat",
      ref: "refs/heads/x",
      token: "gh-token",
      event: {},
      ...more,
    },
    secrets: { GENESYSCLOUD_OAUTHCLIENT_ID: id, GENESYSCLOUD_OAUTHCLIENT_SECRET: secret },
    vars: { GENESYSCLOUD_REGION: "eu-central-1" },
    needs: {},
  };
}

const pullRequest = (repository = "acme/chat"): Contexts =>
  toEvent("pull_request", {
    event: { pull_request: { number: 7, head: { repo: { full_name: repository } } } },
  });

/** Returns the jobs that an event starts, given the outputs of the needed job. */
function started(contexts: Contexts, outputs: Readonly<Record<string, string>> = {}): readonly string[] {
  const all = { ...contexts, needs: { plan: { outputs } } };
  return Object.entries(workflow.jobs).flatMap(([name, job]) => (holds(job.if, all) ? [name] : []));
}

async function run(job: string, contexts: Contexts): Promise<JobResult> {
  const { CHATFORM_API_URL = "", CHATFORM_LOGIN_URL = "" } = emulator.env;
  const env = {
    ...{ CHATFORM_API_URL, CHATFORM_LOGIN_URL, GITHUB_ACTIONS: "true" },
    ...{ GITHUB_REPOSITORY: "acme/chat", GITHUB_WORKSPACE: machine.folder },
  };
  const found = workflow.jobs[job];
  if (found === undefined) throw new Error(`no job ${job}`);
  return runJob(found, contexts, { machine, env });
}

const withOutputs = (contexts: Contexts, { outputs }: JobResult): Contexts => ({
  ...contexts,
  needs: { plan: { outputs } },
});
const bridges = (): readonly string[] => emulator.dump().rooms.map(({ subject }) => subject ?? "");

/** Plans and applies what is declared, as a push to main does. */
async function push(): Promise<readonly JobResult[]> {
  const planned = await run("plan", toEvent("push"));
  if (planned.outputs["changes"] !== "true") return [planned];
  return [planned, await run("apply", withOutputs(toEvent("push"), planned))];
}

describe("the generated workflow", () => {
  it("is valid for GitHub's own parser", async () => {
    const trace = new NoOperationTraceWriter();
    const { context, value } = parseWorkflow({ name: path, content: text }, trace);
    expect(context.errors.getErrors()).toEqual([]);
    const template = await convertWorkflowTemplate(context, value!);
    expect(template.errors ?? []).toEqual([]);
    expect(template.jobs.map(({ id }) => id.value)).toEqual(["validate", "plan", "apply", "drift"]);
    const broken = parseWorkflow({ name: path, content: text.replace("runs-on:", "run-on:") }, trace);
    expect(broken.context.errors.getErrors()).not.toEqual([]);
  });

  it("grants the fewest permissions, and passes secrets only to the steps that use them", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    const rights = Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions]);
    expect(Object.fromEntries(rights)).toEqual({
      plan: { contents: "read", "pull-requests": "write" },
    });
    expect(JSON.stringify(workflow.jobs["validate"])).not.toContain("secrets.");
    // What others wrote reaches a shell only as a variable.
    const scripts = Object.values(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap((step) => step.run ?? []),
    );
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
    expect(text.match(/uses: \S+/g)?.every((uses) => /^uses: actions\/[\w-]+@v\d+$/.test(uses))).toBe(true);
  });

  it("prevents overlapping and interrupted applies", () => {
    const { concurrency, environment } = workflow.jobs["apply"]!;
    expect(concurrency).toEqual({ group: "chatform-apply", "cancel-in-progress": false });
    expect(environment).toBe("chatform");
  });

  it("starts the right jobs for each event", () => {
    expect(started(pullRequest())).toEqual(["validate", "plan"]);
    expect(started(pullRequest("mallory/chat"))).toEqual(["validate"]);
    expect(started(toEvent("push"), { changes: "true" })).toEqual(["plan", "apply"]);
    expect(started(toEvent("push"), { changes: "false" })).toEqual(["plan"]);
    expect(started(toEvent("schedule"))).toEqual(["drift"]);
    expect(started(toEvent("workflow_dispatch"))).toEqual(["drift"]);
  });
});

describe("a pull request", () => {
  it("gets the plan as a comment, which the next commit updates", async () => {
    await declare("Bridge");
    const validated = await run("validate", pullRequest());
    expect(validated).toMatchObject({ ok: true, log: expect.stringContaining("Valid:") as string });
    const first = await run("plan", pullRequest());
    expect(first.ok, first.log).toBe(true);
    expect(first.outputs).toEqual({
      changes: "true",
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(first.summary).toContain("rooms/bridge");
    expect(await machine.comments()).toMatchObject([{ path: "repos/acme/chat/issues/7/comments" }]);
    await declare("Tower");
    const second = await run("plan", pullRequest());
    expect(second.ok, second.log).toBe(true);
    expect(await machine.comments()).toEqual([
      expect.objectContaining({ body: `<!-- chatform plan -->\n${second.summary}` }),
    ]);
    expect(second.summary).toContain("Tower");
    // It looked, and changed nothing.
    expect(bridges()).not.toContain("Bridge");
    expect(states.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
    expect(await machine.npm()).toEqual(Array<string>(3).fill("ci"));
  });

  it("fails when the config is invalid, with a comment that replaces the earlier plan", async () => {
    await declare("Bridge");
    await run("plan", pullRequest());
    await machine.write("chatform.yaml", "version: 1\nroms: {}\n");
    for (const job of ["validate", "plan"]) {
      const { ok, log, outputs } = await run(job, pullRequest());
      expect([ok, outputs["changes"] ?? ""]).toEqual([false, ""]);
      expect(log).toContain("unknown-key");
      expect(log).toMatch(/^::error file=chatform\.yaml,line=2/m);
    }
    const [comment, ...others] = await machine.comments();
    expect(others).toEqual([]);
    expect(comment?.body).toMatch(/^<!-- chatform plan -->\n## ❌ chatform: Plan failed: 1 error/);
    expect(comment?.body).toContain("chatform.yaml:2:1");
    expect(comment?.body).not.toContain("Bridge");
  });

  it("fails when the plan cannot be applied, with a comment that gives the reason", async () => {
    await declare("Bridge");
    expect((await push()).every(({ ok }) => ok)).toBe(true);
    await machine.write(
      "chatform.yaml",
      (await machine.read("chatform.yaml")).replace("jane.doe", "jane.do"),
    );
    const refused = await run("plan", pullRequest());
    expect(refused.ok).toBe(false);
    expect(refused.log).toContain("unknown-user");
    expect(await machine.comments()).toMatchObject([
      { body: expect.stringContaining("jane.do@example.com") as string },
    ]);
  });
});

describe("the client that applies", () => {
  const reads = ["directory:user:view", "chat:room:view", "chat:setting:view"];
  const writes = ["chat:room:add", "chat:room:edit", "chat:setting:edit"];

  /** Starts an org with a client that can read, and one that may do this. @returns the pull request's contexts, with its secrets or without */
  async function start(permissions: readonly string[], isChecked = true): Promise<Contexts> {
    await emulator.close();
    const clients = [
      { id: "reader", secret: "reader-secret", permissions: reads },
      { id: "applier", secret: "applier-secret", permissions },
    ];
    emulator = await startEmulator({ clients });
    await declare("Bridge");
    const applying = {
      GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: "applier",
      GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: "applier-secret",
    };
    const reading = {
      GENESYSCLOUD_OAUTHCLIENT_ID: "reader",
      GENESYSCLOUD_OAUTHCLIENT_SECRET: "reader-secret",
    };
    return { ...pullRequest(), secrets: { ...reading, ...(isChecked ? applying : {}) } };
  }

  it("fails the pull request if it lacks a permission, which the log and the summary name", async () => {
    const contexts = await start([...reads, "chat:room:edit", "chat:setting:edit"]);
    const { ok, log, summary } = await run("plan", contexts);
    expect([ok, log.replaceAll(/\s+/g, " ")]).toEqual([
      false,
      expect.stringContaining(
        "failure To apply Missing: chat:chat:access or chat:room:add, for postChatsRooms of rooms/bridge.",
      ) as string,
    ]);
    expect(summary).toContain("chat:room:add, for postChatsRooms of rooms/bridge");
    expect(await machine.comments()).toHaveLength(1);
  });

  it("passes with all permissions, and without a check", async () => {
    const checked = await run("plan", await start([...reads, ...writes]));
    expect(checked.ok, checked.log).toBe(true);
    expect(checked.log).toContain("ok      To apply    All permissions are there.");
    const unchecked = await run("plan", await start([], false));
    expect(unchecked.ok, unchecked.log).toBe(true);
    expect(unchecked.log).not.toContain("To apply");
  });

  it("has its secrets in one step of the job only", () => {
    const { steps, ...rest } = workflow.jobs["plan"]!;
    const holding = steps.filter((step) => JSON.stringify(step).includes("APPLY_OAUTHCLIENT"));
    expect(holding.map(({ name }) => name)).toEqual(["Permissions"]);
    expect(JSON.stringify(rest)).not.toContain("APPLY_OAUTHCLIENT");
    expect(holds(holding[0]?.if, toEvent("push"))).toBe(false);
  });
});

describe("a push to main", () => {
  it("applies the plan, once", async () => {
    await declare("Bridge");
    const [planned, applied] = await push();
    expect(planned?.ok, planned?.log).toBe(true);
    expect(applied?.ok, applied?.log).toBe(true);
    expect(applied?.summary).toContain("rooms/bridge");
    expect(bridges()).toContain("Bridge");
    expect(states.lock).toBeUndefined();
    expect(await machine.comments()).toEqual([]);
    const [again, ...rest] = await push();
    expect([again?.outputs["changes"], rest]).toEqual(["false", []]);
    expect(bridges().filter((subject) => subject === "Bridge")).toHaveLength(1);
  });

  it("applies nothing when the plan has changed since its approval", async () => {
    await declare("Bridge");
    const planned = await run("plan", toEvent("push"));
    await declare("Tower");
    const applied = await run("apply", withOutputs(toEvent("push"), planned));
    expect(applied.ok).toBe(false);
    expect(applied.log).toContain("The plan has changed");
    expect(bridges()).not.toContain("Tower");
    expect(states.lock).toBeUndefined();
  });

  it("fails when a change fails, and the summary names the change", async () => {
    await declare("Bridge");
    emulator.addFaults({
      match: { operation: "postChatsRooms" },
      times: "always",
      action: { type: "status", status: 403, code: "not.authorized" },
    });
    const [, applied] = await push();
    expect(applied?.ok).toBe(false);
    expect(applied?.summary).toContain("not.authorized");
  });
});

describe("a nightly run", () => {
  it("finds drift, and nothing else", async () => {
    await declare("Bridge");
    await push();
    const quiet = await run("drift", toEvent("schedule"));
    expect(quiet.ok, quiet.log).toBe(true);
    emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const found = await run("drift", toEvent("schedule"));
    expect(found.ok).toBe(false);
    expect(found.summary).toContain("settings");
    await emulator.close();
    const failed = await run("drift", toEvent("schedule"));
    expect(failed.ok).toBe(false);
    expect(failed.summary).toMatch(/^## ❌ chatform: Drift failed: 1 error/);
    emulator = await startEmulator();
  });
});
