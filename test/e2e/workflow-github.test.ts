/** The workflow that `chatform init --ci github` writes: GitHub's own parser reads it, and its steps are run. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmulator } from "../../src/emulator/index.js";
import type { Contexts, JobResult } from "../helpers/github.js";
import { startStateServer } from "../conformance/state-server.js";
import { filled, holds } from "../helpers/github.js";
import type { RunResults } from "../helpers/github-project.js";
import { GithubProject, workflowPath } from "../helpers/github-project.js";
import { skips } from "../helpers/skip.js";
import { missingJq } from "../helpers/shell.js";

let project: GithubProject;
beforeEach(async () => {
  project = await GithubProject.start();
});
afterEach(async () => {
  await project.stop();
});

describe("the generated workflow", () => {
  it("is valid for GitHub's own parser", async () => {
    const { text } = project;
    const trace = new NoOperationTraceWriter();
    const { context, value } = parseWorkflow({ name: workflowPath, content: text }, trace);
    expect(context.errors.getErrors()).toEqual([]);
    const template = await convertWorkflowTemplate(context, value!);
    expect(template.errors ?? []).toEqual([]);
    const jobs = ["validate", "plan", "comment", "reviewed", "apply", "drift"];
    expect(template.jobs.map(({ id }) => id.value)).toEqual(jobs);
    const broken = parseWorkflow({ name: workflowPath, content: text.replace("runs-on:", "run-on:") }, trace);
    expect(broken.context.errors.getErrors()).not.toEqual([]);
  });

  it("grants the fewest permissions, and in a pull request a permission to write only to a job that runs nothing of others", () => {
    const { permissions, jobs } = project.workflow;
    expect(permissions).toEqual({});
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions]))).toEqual({
      ...{ validate: { contents: "read" }, plan: { contents: "read" } },
      comment: { "pull-requests": "write" },
      reviewed: { actions: "read", contents: "read", "pull-requests": "read" },
      ...{ apply: { contents: "read" }, drift: { contents: "read", issues: "write" } },
    });
    const used = jobs["comment"]?.steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toEqual([expect.stringMatching(/^actions\/download-artifact@/)]);
    expect(JSON.stringify(jobs["comment"])).not.toMatch(/npm|secrets\./);
  });

  it("gives secrets only to the steps that use them", () => {
    const holding = Object.entries(project.workflow.jobs).flatMap(([name, { steps, ...rest }]) => {
      expect(JSON.stringify(rest)).not.toContain("secrets.");
      const own = steps.filter((step) => JSON.stringify(step).includes("secrets."));
      return own.map((step) => `${name}: ${step.name ?? ""}`);
    });
    expect(holding).toEqual(["plan: Plan", "plan: Permissions", "apply: Apply", "drift: Drift"]);
    const ofApplying = project.workflow.jobs["plan"]!.steps.filter((step) =>
      JSON.stringify(step).includes("APPLY_OAUTHCLIENT"),
    );
    expect(ofApplying.map(({ name }) => name)).toEqual(["Permissions"]);
    expect(holds(ofApplying[0]?.if, project.event("push"))).toBe(false);
  });

  it("prevents overlapping and interrupted applies, and stops only older runs of a pull request", () => {
    const { jobs, concurrency } = project.workflow;
    expect(jobs["apply"]?.concurrency).toEqual({ group: "chatform-apply", "cancel-in-progress": false });
    expect(jobs["apply"]?.environment).toBe("chatform");
    const { group, ...rest } = concurrency as { readonly group: string };
    expect(rest).toEqual({ "cancel-in-progress": true });
    const groups = ["push", "push", "schedule"].map((name) => filled(group, project.event(name)));
    expect(new Set(groups).size).toBe(3);
    expect(filled(group, project.pullRequest())).toBe(filled(group, project.pullRequest()));
  });
});

describe.skipIf(skips("a pull request on GitHub", missingJq))("a pull request", () => {
  it("gets the plan as a comment, which the next commit updates", async () => {
    await project.declare("Bridge");
    const first = await project.run(project.pullRequest());
    expect(Object.keys(first)).toEqual(["validate", "plan", "comment"]);
    expect(first).toMatchObject({
      validate: { ok: true, log: expect.stringContaining("Valid:") as string },
      plan: { ok: true, outputs: { changes: "true" } },
      comment: { ok: true },
    });
    expect(first["plan"]?.outputs["checksum"]).toMatch(/^[0-9a-f]{64}$/);
    expect(first["plan"]?.summary).toContain("rooms/bridge");
    const others = { path: "repos/acme/chat/issues/7/comments", body: "<!-- chatform plan -->\nmine" };
    await project.machine.comment({ ...others, user: { login: "mallory" } });
    await project.declare("Tower");
    const second = await project.run(project.pullRequest());
    expect(await project.machine.comments()).toMatchObject([
      { path: others.path, body: `<!-- chatform plan -->\n${second["plan"]?.summary ?? ""}` },
      { user: { login: "mallory" }, body: others.body },
    ]);
    expect(second["plan"]?.summary).toContain("Tower");
    // It looked, and changed nothing.
    expect(project.rooms()).not.toContain("Bridge");
    expect(project.states.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
    expect(await project.machine.npm()).toEqual(Array<string>(4).fill("ci"));
  });

  it("fails when the config is invalid, with a comment that replaces the earlier plan", async () => {
    await project.declare("Bridge");
    await project.run(project.pullRequest());
    await project.machine.write("chatform.yaml", "version: 1\nroms: {}\n");
    const results = await project.run(project.pullRequest());
    for (const job of ["validate", "plan"]) {
      const { ok, log = "", outputs = {} } = results[job] ?? {};
      expect([ok, outputs["changes"] ?? ""]).toEqual([false, ""]);
      expect(log).toContain("unknown-key");
      expect(log).toMatch(/^::error file=chatform\.yaml,line=2/m);
    }
    const [comment, ...others] = await project.machine.comments();
    expect(others).toEqual([]);
    expect(comment?.body).toMatch(/^<!-- chatform plan -->\n## ❌ chatform: Plan failed: 1 error/);
    expect(comment?.body).toContain("chatform.yaml:2:1");
    expect(comment?.body).not.toContain("Bridge");
  });

  it("gets a comment without a plan when there is none", async () => {
    await project.declare("Bridge");
    await project.machine.program("chatform", "exit 1");
    const { comment } = await project.run(project.pullRequest());
    expect(comment?.ok, comment?.log).toBe(true);
    expect(await project.machine.comments()).toMatchObject([
      { body: "<!-- chatform plan -->\n## ❌ chatform: no plan; see the log\n" },
    ]);
  });

  it("gets no secret out, and no command in, whatever its config says", async () => {
    const bait = await startStateServer({ manner: "terraform" });
    const usual = project.pullRequest();
    const { GENESYSCLOUD_OAUTHCLIENT_SECRET: ofClient = "" } = project.emulator.env;
    const ofState = {
      TF_HTTP_USERNAME: "state-user",
      TF_HTTP_PASSWORD: "password-of-the-state",
      CHATFORM_STATE_PASSPHRASE: "passphrase-of-the-state",
    };
    const contexts = {
      ...usual,
      secrets: { ...usual["secrets"], ...ofState },
      vars: { ...usual["vars"], TF_HTTP_ADDRESS: project.states.url },
    };
    const { TF_HTTP_USERNAME: _login, ...ofServer } = ofState;
    const secrets = { GENESYSCLOUD_OAUTHCLIENT_SECRET: ofClient, ...ofServer };
    const names = [...Object.keys(secrets), "GENESYSCLOUD_OAUTHCLIENT_SECRET_TEST", "GITHUB_TOKEN"];
    const references = names.map((name) => `\${env:${name}}`);
    const shown: string[] = [];
    const run = async (config: object): Promise<RunResults> => {
      await project.machine.write("chatform.yaml", JSON.stringify({ version: 1, ...config }));
      const results = await project.run(contexts);
      shown.push(JSON.stringify([results, await project.machine.comments()]));
      return results;
    };
    const state = { backend: "http", address: project.states.url, lockAddress: project.states.url };
    const rooms = Object.fromEntries(
      references.flatMap((text, at) => [
        [`r${at}`, { subject: text, description: text, messages: { m: { body: text } } }],
      ]),
    );
    const leaking = await run({ rooms, state, include: references, settings: { [references[0]!]: 1 } });
    expect([leaking["plan"]?.ok, leaking["comment"]?.ok]).toEqual([false, true]);
    const moved = await run({ state: { ...state, address: bait.url }, rooms: { a: { subject: "A" } } });
    expect(moved["plan"]?.log).toContain("The config would send TF_HTTP_PASSWORD to");
    expect(bait.requests).toEqual([]);
    await bait.close();
    const commands = ["::error::x", "a\n::set-output name=checksum::x", "##[group]x", "\u001b]0;x\u0007"];
    const words = [...commands, "$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "--> <!-- -->"];
    const acting = await run({
      state,
      rooms: Object.fromEntries(words.map((subject, at) => [`w${at}`, { subject }])),
    });
    const { log = "", outputs } = acting["plan"] ?? {};
    expect(log.split(/\r\n?|\n/).filter((line) => /^\s*::|##\[|\p{Cc}/u.test(line))).toEqual([]);
    expect(outputs?.["checksum"]).toMatch(/^[0-9a-f]{64}$/);
    await expect(project.machine.read("pwned")).rejects.toThrow("ENOENT");
    for (const secret of Object.values(secrets)) expect(shown.join("\n")).not.toContain(secret);
  });

  it("is only validated if it is a fork's or Dependabot's", async () => {
    await project.declare("Bridge");
    for (const event of [
      project.pullRequest("mallory/chat"),
      project.pullRequest("acme/chat", "dependabot[bot]"),
    ]) {
      // They get no secrets.
      const results = await project.run({ ...event, secrets: {} });
      expect(results).toMatchObject({ validate: { ok: true } });
      expect(Object.keys(results)).toEqual(["validate"]);
    }
  });
});

describe("the client that applies", () => {
  const reads = ["directory:user:view", "chat:room:view", "chat:setting:view"];
  const writes = ["chat:room:add", "chat:room:edit", "chat:setting:edit"];

  /** Plans for a client that may do this. */
  async function plan(permissions: readonly string[], isChecked = true): Promise<JobResult> {
    await project.emulator.close();
    const clients = [
      { id: "reader", secret: "reader-secret", permissions: reads },
      { id: "applier", secret: "applier-secret", permissions },
    ];
    project.emulator = await startEmulator({ clients });
    await project.declare("Bridge");
    const applying = {
      GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: "applier",
      GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: "applier-secret",
    };
    const reading = {
      GENESYSCLOUD_OAUTHCLIENT_ID: "reader",
      GENESYSCLOUD_OAUTHCLIENT_SECRET: "reader-secret",
    };
    const secrets = { ...reading, ...(isChecked ? applying : {}) };
    const contexts: Contexts = { ...project.pullRequest(), secrets };
    return (await project.run(contexts))["plan"]!;
  }

  it("fails the pull request if it lacks a permission, which the log and the summary name", async () => {
    const { ok, log, summary } = await plan([...reads, "chat:room:edit", "chat:setting:edit"]);
    expect([ok, log.replaceAll(/\s+/g, " ")]).toEqual([
      false,
      expect.stringContaining(
        "failure To apply Missing: chat:chat:access or chat:room:add, for postChatsRooms of rooms/bridge.",
      ) as string,
    ]);
    expect(summary.replaceAll("`", "")).toContain("chat:room:add, for postChatsRooms of rooms/bridge");
  });

  it("passes with all permissions, and without a check", async () => {
    const checked = await plan([...reads, ...writes]);
    expect(checked.ok, checked.log).toBe(true);
    expect(checked.log).toContain("ok      To apply    All permissions are there.");
    const unchecked = await plan([], false);
    expect(unchecked.ok, unchecked.log).toBe(true);
    expect(unchecked.log).not.toContain("To apply");
  });
});

describe("a nightly run", () => {
  it("finds drift, and nothing else", async () => {
    const audit = async (event = "schedule", inputs = {}): Promise<JobResult> => {
      const results = await project.run(project.event(event, {}, inputs));
      expect(Object.keys(results)).toEqual(["drift"]);
      return results["drift"]!;
    };
    await project.declare("Bridge");
    await project.run(project.event("workflow_dispatch", {}, { command: "apply" }));
    const quiet = await audit();
    expect(quiet.ok, quiet.log).toBe(true);
    expect(project.tracker.issues).toEqual([]);
    project.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    for (const found of [await audit(), await audit("workflow_dispatch", { command: "drift" })]) {
      expect(found.ok).toBe(false);
      expect(found.summary).toContain("settings");
    }
    expect(project.tracker.issues).toMatchObject([{ isOpen: true, title: "Drift (chatform)", comments: [] }]);
    await project.emulator.close();
    const failed = await audit();
    expect(failed.ok).toBe(false);
    expect(failed.summary).toMatch(/^## ❌ chatform: Drift failed: 1 error/);
    project.emulator = await startEmulator();
  });
});

describe("a nightly run that repairs", () => {
  it("puts back what was changed outside, and closes the issue that a manual audit opened", async () => {
    await project.stop();
    project = await GithubProject.start("--repair");
    const { repair, apply } = project.workflow.jobs;
    expect(repair).toMatchObject({ environment: "chatform-nightly", concurrency: apply?.concurrency });
    await project.declare("Bridge");
    await project.run(project.event("workflow_dispatch", {}, { command: "apply" }));
    project.emulator.change({ change: "settings", set: { messageRetentionPeriodDays: 100 } });
    const audited = await project.run(project.event("workflow_dispatch", {}, { command: "drift" }));
    expect([Object.keys(audited), audited["drift"]?.ok]).toEqual([["drift"], false]);
    const results = await project.run(project.event("schedule"));
    expect(Object.keys(results)).toEqual(["repair"]);
    expect(results["repair"]?.ok, results["repair"]?.log).toBe(true);
    expect(project.emulator.dump().settings.messageRetentionPeriodDays).toBe(3650);
    expect(project.tracker.issues).toMatchObject([
      { isOpen: false, comments: [expect.stringMatching(/^Repaired: 1 resource\./)] },
    ]);
  });
});
