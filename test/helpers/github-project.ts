/** A project whose workflow for GitHub `chatform init` wrote: its runs, with the emulated org, a state, and what GitHub knows. */
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { Contexts, Job, JobResult } from "./github.js";
import { holds, runJob } from "./github.js";
import type { Tracker } from "./issue-trackers.js";
import { trackers } from "./issue-trackers.js";
import { runCli } from "./run.js";
import { Machine } from "./shell.js";

export const workflowPath = ".github/workflows/chatform.yml";

export interface Workflow {
  readonly permissions: object;
  readonly concurrency: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The results of the jobs that ran, by name. */
export type RunResults = Readonly<Record<string, JobResult>>;

/** What GitHub tells of a workflow's run. */
export interface GithubRun {
  readonly id: number;
  readonly event: string;
  readonly head_sha: string;
  readonly head_repository: { readonly full_name: string };
  readonly conclusion: string;
}

export class GithubProject {
  emulator: Emulator;
  readonly states: StateServer;
  readonly machine: Machine;
  /** The repository's issues. */
  readonly tracker: Tracker;
  readonly text: string;
  readonly workflow: Workflow;
  #runs = 0;

  private constructor(parts: Pick<GithubProject, "emulator" | "states" | "machine" | "tracker" | "text">) {
    this.emulator = parts.emulator;
    this.states = parts.states;
    this.machine = parts.machine;
    this.tracker = parts.tracker;
    this.text = parts.text;
    this.workflow = parse(parts.text) as Workflow;
  }

  /** @param options of `chatform init`, which writes jobs for a state on a server */
  static async start(...options: readonly string[]): Promise<GithubProject> {
    const machine = await Machine.start();
    await machine.write("chatform.yaml", "version: 1\nstate: { backend: http }\n");
    await runCli(["init", "--ci", "github", ...options], { cwd: machine.folder });
    await machine.commit();
    return new GithubProject({
      ...{ machine, tracker: await trackers["github-issue"](), text: await machine.read(workflowPath) },
      ...{ emulator: await startEmulator(), states: await startStateServer({ manner: "terraform" }) },
    });
  }

  async stop(): Promise<void> {
    await this.machine.stop();
    await this.states.close();
    await this.emulator.close();
    await this.tracker.close();
  }

  /** Declares a room and the retention of messages. */
  async declare(subject: string, retention = 3650): Promise<void> {
    const { url } = this.states;
    await this.machine.write(
      "chatform.yaml",
      `version: 1
settings: { messageRetentionPeriodDays: ${retention} }
rooms:
  bridge: { subject: ${JSON.stringify(subject)}, participants: [jane.doe@example.com] }
state: { backend: http, address: "${url}", lockAddress: "${url}" }
`,
    );
  }

  /** The contexts of a run on the default branch. */
  event(name: string, github: object = {}, inputs: object = {}): Contexts {
    const { GENESYSCLOUD_OAUTHCLIENT_ID: id = "", GENESYSCLOUD_OAUTHCLIENT_SECRET: secret = "" } =
      this.emulator.env;
    this.#runs += 1;
    return {
      github: {
        ...{
          event_name: name,
          repository: "acme/chat",
          token: this.tracker.token,
          run_id: String(this.#runs),
        },
        ...{ ref: "refs/heads/main", ref_name: "main", sha: "5a", ...github },
        event: {
          repository: { default_branch: "main" },
          ...("event" in github ? (github.event as object) : {}),
        },
      },
      secrets: { GENESYSCLOUD_OAUTHCLIENT_ID: id, GENESYSCLOUD_OAUTHCLIENT_SECRET: secret },
      vars: { GENESYSCLOUD_REGION: "eu-central-1" },
      inputs,
    };
  }

  /** The contexts of a run for pull request 7. */
  pullRequest(repository = "acme/chat", login = "jane"): Contexts {
    const pullRequest = { number: 7, head: { repo: { full_name: repository } }, user: { login } };
    return this.event("pull_request", {
      ref: "refs/pull/7/merge",
      event: { pull_request: pullRequest },
    });
  }

  /** Runs the jobs that an event starts, in their order. */
  async run(contexts: Contexts): Promise<RunResults> {
    const needs: Record<string, { readonly result: string; readonly outputs: object }> = {};
    const results: Record<string, JobResult> = {};
    for (const [name, job] of Object.entries(this.workflow.jobs)) {
      const needed = [job.needs ?? []].flat().map((one) => [one, needs[one]] as const);
      const all = { ...contexts, needs: Object.fromEntries(needed) };
      needs[name] = { result: "skipped", outputs: {} };
      if (
        !holds(
          job.if,
          all,
          needed.some(([, one]) => one?.result !== "success"),
        )
      )
        continue;
      const result = await this.job(name, all);
      results[name] = result;
      needs[name] = { result: result.ok ? "success" : "failure", outputs: result.outputs };
    }
    return results;
  }

  /** Runs one job. */
  job(name: string, contexts: Contexts): Promise<JobResult> {
    const job = this.workflow.jobs[name];
    if (job === undefined) throw new Error(`no job ${name}`);
    const { CHATFORM_API_URL = "", CHATFORM_LOGIN_URL = "" } = this.emulator.env;
    const env = {
      ...{ CHATFORM_API_URL, CHATFORM_LOGIN_URL, GITHUB_WORKSPACE: this.machine.folder },
      ...{ GITHUB_API_URL: this.tracker.url, GITHUB_REPOSITORY: "acme/chat" },
    };
    return runJob(job, contexts, { machine: this.machine, env });
  }

  /** Runs the workflow for pull request 7. */
  async review(): Promise<RunResults> {
    const results = await this.run(this.pullRequest());
    await this.know({ id: this.#runs });
    return results;
  }

  /** Tells GitHub of runs for the commit of pull request 7. */
  async know(...runs: readonly Partial<GithubRun>[]): Promise<void> {
    const usual = { id: 1, event: "pull_request", head_sha: "ad", conclusion: "success" };
    await this.machine.answer(
      "repos/acme/chat/actions/workflows/chatform.yml/runs?event=pull_request&head_sha=ad",
      {
        workflow_runs: runs.map((run) => ({ ...usual, head_repository: { full_name: "acme/chat" }, ...run })),
      },
    );
  }

  /** Tells GitHub that pull request 7 is merged as commit 5a. @param pull what is unusual */
  async merge(pull: object = {}): Promise<void> {
    const head = { sha: "ad", repo: { full_name: "acme/chat" } };
    const usual = { merged_at: "2026-03-04T05:06:07Z", merge_commit_sha: "5a", base: { ref: "main" }, head };
    await this.machine.answer("repos/acme/chat/commits/5a/pulls", [{ ...usual, ...pull }]);
  }

  /** Merges pull request 7, and runs the workflow for the push. */
  async push(): Promise<RunResults> {
    await this.merge();
    return this.run(this.event("push"));
  }

  /** The subjects of all rooms. */
  rooms(): readonly string[] {
    return this.emulator.dump().rooms.map(({ subject }) => subject ?? "");
  }
}
