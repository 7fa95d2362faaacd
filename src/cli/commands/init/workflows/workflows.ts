import type { NewFile, System } from "../starter-files.js";
import { githubWorkflows } from "./github.js";
import { gitlabPipeline } from "./gitlab.js";

export interface WorkflowOptions {
  /** The command that installs the packages of package-lock.json. */
  readonly install: string;
  /** The names of the environments that the config declares: each has jobs, credentials and approvals of its own. */
  readonly environments: readonly string[];
}

/** Returns the files of a CI system that validate, plan, apply and audit. */
export function workflows(ci: System, options: WorkflowOptions): Promise<readonly NewFile[]> {
  return writers[ci](options);
}

const writers = { github: githubWorkflows, gitlab: gitlabPipeline } as const;
