import type { Environment } from "../../http/environment.js";
import { variable } from "../../http/environment.js";
import { parseHttpUrl } from "../../http/url.js";

/** Returns the address of the CI system's page of this run, by the variables of GitHub or GitLab; undefined elsewhere. */
export function runUrl(env: Environment): string | undefined {
  const [server, repository, run] = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].map((name) =>
    variable(env, name),
  );
  const isGitHub = server !== undefined && repository !== undefined && run !== undefined;
  const text = isGitHub ? `${server}/${repository}/actions/runs/${run}` : variable(env, "CI_JOB_URL");
  const url = text === undefined ? undefined : parseHttpUrl(text);
  // Characters that would end a link in markdown.
  return url?.href.replaceAll(/[()<>|]/g, encodeURIComponent);
}
