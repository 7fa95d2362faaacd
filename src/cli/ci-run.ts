import type { Environment } from "../http/environment.js";
import { variable } from "../http/environment.js";
import { isClearText, parseHttpUrl } from "../http/url.js";

/** The run of a CI system. */
export interface CiRun {
  /** The page of the repository. */
  readonly repository?: string;
  readonly commit?: string;
  /** The page of the run. */
  readonly url?: string;
  /** Returns the page of a line of a file in the repository. Missing: unknown. @param path from the root, with slashes */
  readonly toLineUrl?: (path: string, line: number) => string;
}

/** Returns the run that the variables of GitHub or GitLab tell. Values that are no commit or no safe URL are left out. */
export function readCiRun(env: Environment): CiRun {
  const runId = variable(env, "GITHUB_RUN_ID");
  const isGitHub = runId !== undefined;
  const project = isGitHub
    ? toUrl(`${env["GITHUB_SERVER_URL"] ?? ""}/${env["GITHUB_REPOSITORY"] ?? ""}`)
    : toUrl(env["CI_PROJECT_URL"]);
  const url = !isGitHub
    ? toUrl(env["CI_JOB_URL"] ?? env["CI_PIPELINE_URL"])
    : project === undefined || !/^\d+$/.test(runId)
      ? undefined
      : `${project}/actions/runs/${runId}`;
  const sha = variable(env, isGitHub ? "GITHUB_SHA" : "CI_COMMIT_SHA");
  const commit = /^[0-9a-f]{7,64}$/i.exec(sha ?? "")?.[0];
  const blob = `${project ?? ""}${isGitHub ? "" : "/-"}/blob/${commit ?? ""}`;
  return {
    ...(project === undefined ? {} : { repository: project }),
    ...(commit === undefined ? {} : { commit }),
    ...(url === undefined ? {} : { url }),
    ...(commit === undefined || project === undefined
      ? {}
      : {
          toLineUrl: (path, line) => `${blob}/${path.split("/").map(encodeURIComponent).join("/")}#L${line}`,
        }),
  };
}

/** Returns an https URL, or an http URL of this machine, without characters that would end a link in markdown; else undefined. */
function toUrl(text = ""): string | undefined {
  const url = parseHttpUrl(text.trim());
  if (url === undefined || isClearText(url) || url.username !== "" || url.password !== "") return undefined;
  const escaped = url.href.replaceAll(/[()<>|]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  return escaped.replace(/\/$/, "");
}
