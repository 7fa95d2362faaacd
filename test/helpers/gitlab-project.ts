/** A project whose pipeline for GitLab `chatform init` wrote: its jobs, with the emulated org and a state. */
import { parse } from "yaml";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { StateServer } from "../conformance/state-server.js";
import { startStateServer } from "../conformance/state-server.js";
import type { JobResult, Pipeline } from "./gitlab.js";
import { runJob } from "./gitlab.js";
import { runCli } from "./run.js";
import { Machine } from "./shell.js";

export const pipelinePath = ".gitlab-ci.yml";

export class GitlabProject {
  emulator: Emulator;
  pipeline: Pipeline;
  readonly states: StateServer;
  readonly machine: Machine;
  readonly #token: string;

  private constructor(
    parts: Pick<GitlabProject, "emulator" | "states" | "machine" | "pipeline">,
    token: string,
  ) {
    this.emulator = parts.emulator;
    this.states = parts.states;
    this.machine = parts.machine;
    this.pipeline = parts.pipeline;
    this.#token = token;
  }

  /** @param token of its jobs */
  static async start(token = "job"): Promise<GitlabProject> {
    const machine = await Machine.start();
    await runCli(["init", "--ci", "gitlab"], { cwd: machine.folder });
    await machine.commit();
    const pipeline = parse(await machine.read(pipelinePath)) as Pipeline;
    const states = await startStateServer({ manner: "gitlab", credentials: `gitlab-ci-token:${token}` });
    return new GitlabProject({ machine, pipeline, states, emulator: await startEmulator() }, token);
  }

  async stop(): Promise<void> {
    await this.machine.stop();
    await this.states.close();
    await this.emulator.close();
  }

  /** Declares a room instead of the examples that `init` wrote; the state is where the pipeline says. */
  async declare(subject: string): Promise<void> {
    const [starter = ""] = (await this.machine.read("chatform.yaml")).split("# declared");
    const own = starter.replace(/^include: .*$/m, "");
    const room = `bridge: { subject: ${subject}, participants: [jane.doe@example.com] }`;
    await this.machine.write(
      "chatform.yaml",
      `${own}# declared\nsettings: { messageRetentionPeriodDays: 3650 }\nrooms:\n  ${room}\n`,
    );
  }

  /** Runs a job. @param more variables, beside those of the org and of every job */
  run(job: string, more: Readonly<Record<string, string>> = {}): Promise<JobResult> {
    const variables = { ...this.emulator.env, ...this.variables, ...more };
    return runJob(this.pipeline, job, { machine: this.machine, variables });
  }

  /** The variables that GitLab sets for each job. */
  get variables(): Readonly<Record<string, string>> {
    return {
      ...{ GITLAB_CI: "true", CI_PROJECT_ID: "7", CI_JOB_TOKEN: this.#token, CI_CONFIG_PATH: pipelinePath },
      CI_API_V4_URL: `${new URL(this.states.url).origin}/api/v4`,
    };
  }
}
