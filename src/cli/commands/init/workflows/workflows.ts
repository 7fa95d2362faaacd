import { quoted } from "../../../../core/safe-text.js";
import { UsageError } from "../../../parse/usage-error.js";
import type { NewFile, System } from "../starter-files.js";
import { githubWorkflows } from "./github.js";
import { gitlabPipeline } from "./gitlab.js";
import { toSuffix } from "./suffix.js";

export interface WorkflowOptions {
  /** The folder of package-lock.json; "" for the repository itself. */
  readonly folder: string;
  /** The command that installs the packages of package-lock.json. */
  readonly install: string;
  /** The names of the environments that the config declares: each has jobs, credentials and approvals of its own. */
  readonly environments: readonly string[];
  /** The backends of the states of all environments. */
  readonly backends: readonly string[];
  /** True if the schedule repairs drift, instead of only reporting it. */
  readonly repairs: boolean;
  /** The branch whose config is applied. */
  readonly branch: string;
}

/** Returns the files of a CI system that validate, plan, apply and audit. @throws UsageError for environments that need other names */
export async function workflows(ci: System, options: WorkflowOptions): Promise<readonly NewFile[]> {
  refuseNames(options.environments);
  return writers[ci](options);
}

const writers = { github: githubWorkflows, gitlab: gitlabPipeline } as const;

/** Refuses names that are invalid, as they become part of the workflow, and those whose secrets would be the same. */
function refuseNames(environments: readonly string[]): void {
  const bySuffix = new Map<string, string>();
  for (const name of environments) {
    if (!/^[a-z0-9][a-z0-9._-]*$/.test(name))
      throw new UsageError(
        `${quoted(name)} is no name of an environment. To see the place: chatform validate.`,
      );
    const other = bySuffix.get(toSuffix(name));
    if (other !== undefined)
      throw new UsageError(
        `The secrets of the environments ${other} and ${name} would have the same names, which end in _${toSuffix(name)}. Rename one of them.`,
      );
    bySuffix.set(toSuffix(name), name);
  }
}
