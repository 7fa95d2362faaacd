/** The workflows that `chatform init --ci` writes for a config with environments: each org has jobs of its own. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { Contexts, Job as GithubJob, JobResult } from "../helpers/github.js";
import { filled, filledAll, holds, runJob as runGithubJob } from "../helpers/github.js";
import type { Pipeline } from "../helpers/gitlab.js";
import { runJob as runGitlabJob, startedBy } from "../helpers/gitlab.js";
import { docsBlocks } from "../helpers/docs.js";
import { runCli } from "../helpers/run.js";
import { Machine, missingJq } from "../helpers/shell.js";

const orgs = ["eu.prod", "test"] as const;
type Org = (typeof orgs)[number];

let emulators: Readonly<Record<Org, Emulator>>;
let states: Readonly<Record<Org, StateServer>>;
let machine: Machine;

beforeEach(async () => {
  const start = (org: Org): Promise<Emulator> =>
    startEmulator({
      seed: { name: org.replace(".", "-"), users: [{ email: `jane.doe@${org}.example.com` }] },
      clients: [{ id: org, secret: `secret of ${org}` }],
    });
  emulators = { "eu.prod": await start("eu.prod"), test: await start("test") };
  const gitlab = { manner: "gitlab", credentials: "gitlab-ci-token:job" } as const;
  states = { "eu.prod": await startStateServer(gitlab), test: await startStateServer(gitlab) };
  machine = await Machine.start();
  await machine.write(
    "chatform.yaml",
    `version: 1
environments:
  eu.prod: { profile: prod, variables: { domain: eu.prod.example.com } }
  test: { profile: test, variables: { domain: test.example.com } }
state: { backend: http }
rooms:
  bridge: { subject: Bridge, participants: ["jane.doe@\${var:domain}"] }
`,
  );
});
afterEach(async () => {
  await machine.stop();
  for (const org of orgs) {
    await states[org].close();
    await emulators[org].close();
  }
});

async function init(ci: "github" | "gitlab"): Promise<string> {
  const { code, stdout } = await runCli(["init", "--ci", ci], { cwd: machine.folder });
  expect({ code, stdout }).toMatchObject({ code: 0 });
  await machine.commit();
  return stdout;
}

/** The participants of all rooms, as e-mails. */
function participants(org: Org): readonly string[] {
  const { rooms, users } = emulators[org].dump();
  const emails = new Map(users.map(({ id, email }) => [id, email]));
  return rooms.flatMap((room) => (room.participants ?? []).map((id) => emails.get(id) ?? id));
}
const urls = (org: Org): Record<string, string> => {
  const { CHATFORM_API_URL = "", CHATFORM_LOGIN_URL = "" } = emulators[org].env;
  return { CHATFORM_API_URL, CHATFORM_LOGIN_URL };
};

describe("on GitHub", () => {
  const paths = [".github/workflows/chatform.yml", ".github/workflows/chatform-org.yml"] as const;

  interface Workflow {
    readonly jobs: Readonly<
      Record<
        string,
        GithubJob & {
          readonly with: Readonly<Record<string, string>>;
          readonly secrets: Readonly<Record<string, string>>;
        }
      >
    >;
    readonly env: Readonly<Record<string, string>>;
  }

  it("are valid for GitHub's own parser", async () => {
    const stdout = await init("github");
    expect(stdout).toContain("GENESYSCLOUD_OAUTHCLIENT_ID_EU_PROD");
    const [order = ""] = (await docsBlocks("ci.md", "yaml")).filter((block) =>
      block.startsWith("needs: org-test"),
    );
    const main = await machine.read(paths[0]);
    await machine.write(
      paths[0],
      main.replace(/(?<=^ {4}name: "eu.prod"\n) {4}if: .*\n/m, order.replaceAll(/^(?=.)/gm, "    ")),
    );
    for (const path of paths) {
      const text = await machine.read(path);
      expect(text).not.toMatch(/__[A-Z]+/);
      const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());
      expect(context.errors.getErrors()).toEqual([]);
      expect((await convertWorkflowTemplate(context, value!)).errors ?? []).toEqual([]);
    }
    expect(await machine.read(paths[0])).toMatch(/pull_request:[^]* {4}needs: org-test/);
    expect(await machine.read(paths[1])).not.toContain("pull_request:");
  });

  it("plan and apply each org with its own credentials and comment", async () => {
    await init("github");
    const main = parse(await machine.read(paths[0])) as Workflow;
    const { jobs, env: shared } = parse(await machine.read(paths[1])) as Workflow;
    expect(Object.keys(main.jobs)).toEqual(["org-eu-prod", "org-test"]);
    const ofOrg = (org: Org): Readonly<Record<string, string>> => {
      const suffix = org.toUpperCase().replace(".", "_");
      return {
        [`GENESYSCLOUD_OAUTHCLIENT_ID_${suffix}`]: org,
        [`GENESYSCLOUD_OAUTHCLIENT_SECRET_${suffix}`]: `secret of ${org}`,
      };
    };
    const ofState = {
      TF_HTTP_USERNAME: "gitlab-ci-token",
      TF_HTTP_PASSWORD: "job",
      CHATFORM_STATE_PASSPHRASE: "correct horse battery staple",
    };
    const secrets = { ...ofOrg("eu.prod"), ...ofOrg("test"), ...ofState };
    const groups = new Set<string>();
    for (const [at, org] of orgs.entries()) {
      const call = Object.values(main.jobs)[at]!;
      const event = (name: string): Contexts => ({
        github: {
          ...{
            event_name: name,
            repository: "acme/chat",
            ref: "refs/heads/main",
            token: "gh-token",
            run_id: org,
          },
          event: {
            pull_request: { number: 7, head: { repo: { full_name: "acme/chat" } }, user: { login: "jane" } },
            repository: { default_branch: "main" },
          },
        },
        ...{ secrets: filledAll(call.secrets, { secrets }), needs: {} },
        vars: { GENESYSCLOUD_REGION: "", TF_HTTP_ADDRESS: states[org].url },
        inputs: filledAll(call.with, { inputs: {} }),
      });
      const run = (job: string, contexts: Contexts): Promise<JobResult> => {
        const env = { ...urls(org), ...filledAll(shared, contexts) };
        return runGithubJob(jobs[job]!, contexts, { machine, env });
      };
      const planned = await run("plan", event("pull_request"));
      expect(planned.ok, planned.log).toBe(true);
      if (missingJq === undefined) expect((await run("comment", event("pull_request"))).ok).toBe(true);
      const { outputs } = planned;
      const needs = { plan: { result: "success", outputs }, reviewed: { result: "success", outputs } };
      const approved = { ...event("push"), needs };
      expect(holds(jobs["apply"]!.if, approved)).toBe(true);
      const applied = await run("apply", approved);
      expect(applied.ok, applied.log).toBe(true);
      expect(participants(org)).toEqual([`jane.doe@${org}.example.com`]);
      expect(states[org].content).toContain('"chatform_encrypted"');
      expect(filled(jobs["apply"]!.environment ?? "", approved)).toBe(`chatform-${org}`);
      groups.add(filled(jobs["apply"]!.concurrency!.group, event("push")));
    }
    expect(groups.size).toBe(2);
    const comments = await machine.comments();
    expect(comments.map(({ body }) => body.split("\n")[0])).toEqual(
      missingJq === undefined ? orgs.map((org) => `<!-- chatform plan ${org} -->`) : [],
    );
  });

  it("start the orgs that were chosen by hand, with all inputs", async () => {
    await init("github");
    const main = parse(await machine.read(paths[0])) as Workflow;
    const chosen = (inputs: object): readonly string[] =>
      Object.entries(main.jobs).flatMap(([name, job]) =>
        holds(job.if, { github: { event_name: "workflow_dispatch" }, inputs }) ? [name] : [],
      );
    expect(chosen({ environment: "all" })).toEqual(["org-eu-prod", "org-test"]);
    expect(chosen({ environment: "test" })).toEqual(["org-test"]);
    const { with: given } = main.jobs["org-test"]!;
    const inputs = { command: "apply", "allow-deletions": 0, "allow-data-loss": false };
    const values = (contexts: Contexts): readonly string[] => Object.values(filledAll(given, contexts));
    expect(values({ inputs })).toEqual(["test", "apply", "0", "false"]);
    expect(values({ inputs: {} })).toEqual(["test", "", "", ""]);
  });
});

describe("on GitLab", () => {
  it("are valid by GitLab's own schema, and start jobs for each org", async () => {
    expect(await init("gitlab")).toContain("chatform-eu.prod");
    const push = { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" };
    const started = Object.entries(await startedBy(machine.folder, push)).filter(
      ([, when]) => when !== "never",
    );
    expect(started.map(([name, when]) => `${name}:${when}`).sort()).toEqual([
      ...["apply-pipeline-eu.prod:on_success", "apply-pipeline-test:on_success", "install:on_success"],
      ...["plan-eu.prod:on_success", "plan-test:on_success"],
    ]);
    const starts = async (variables: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const jobs = Object.entries(await startedBy(machine.folder, { ...push, ...variables }));
      return jobs.flatMap(([name, when]) => (when === "never" || name === "install" ? [] : [name])).sort();
    };
    const web = { CI_PIPELINE_SOURCE: "web", CHATFORM_ONLY: "test" };
    expect(await starts(web)).toEqual(["apply-pipeline-test", "plan-test"]);
    const child = { CI_PIPELINE_SOURCE: "parent_pipeline", CHATFORM_APPLY: "eu.prod" };
    expect(await starts(child)).toEqual(["apply-eu.prod"]);
  });

  it("plan and apply each org with its own credentials and state", async () => {
    await init("gitlab");
    const pipeline = parse(await machine.read(".gitlab-ci.yml")) as Pipeline;
    const clients = {
      ...{ GENESYSCLOUD_OAUTHCLIENT_ID_TEST: "test", GENESYSCLOUD_OAUTHCLIENT_SECRET_TEST: "secret of test" },
      GENESYSCLOUD_OAUTHCLIENT_ID_EU_PROD: "eu.prod",
      GENESYSCLOUD_OAUTHCLIENT_SECRET_EU_PROD: "secret of eu.prod",
    };
    for (const org of orgs) {
      const variables = {
        ...urls(org),
        ...{ ...clients, GITLAB_CI: "true", CI_PROJECT_ID: "7", CI_JOB_TOKEN: "job" },
        CI_API_V4_URL: `${new URL(states[org].url).origin}/api/v4`,
      };
      const run = async (job: string, more: object = {}): Promise<void> => {
        const options = { machine, variables: { ...variables, ...more } };
        const { ok, log } = await runGitlabJob(pipeline, `${job}-${org}`, options);
        expect(ok, log).toBe(true);
      };
      await run("validate");
      await run("plan");
      const child = JSON.parse(await machine.read("apply.yml")) as { readonly variables: object };
      expect(child.variables).toMatchObject({ CHATFORM_APPLY: org });
      await run("apply", child.variables);
      expect(participants(org)).toEqual([`jane.doe@${org}.example.com`]);
      expect(states[org].requests.map(({ url }) => url)).toContainEqual(
        expect.stringContaining(`/terraform/state/chat-${org}`),
      );
    }
  });
});
