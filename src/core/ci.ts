/** Returns true on a machine of a CI system, which sets the variable CI. */
export function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return /^(?:true|1)$/i.test(env["CI"] ?? "");
}

/** The run of a CI system that a report belongs to. */
export interface CiRun {
  readonly commit?: string;
  /** The page of the run. */
  readonly url?: string;
  /** Returns the page of a line of a file in the repository. Missing: unknown. @param path from the root, with slashes */
  readonly toLineUrl?: (path: string, line: number) => string;
}

/** Returns the run that the variables of GitHub or GitLab tell. Values that are no commit or no safe URL are left out. */
export function readCiRun(env: Readonly<Record<string, string | undefined>>): CiRun {
  const isGitHub = (env["GITHUB_SHA"] ?? "") !== "";
  const project = isGitHub
    ? toUrl(`${env["GITHUB_SERVER_URL"] ?? ""}/${env["GITHUB_REPOSITORY"] ?? ""}`)
    : toUrl(env["CI_PROJECT_URL"]);
  const runId = /^\d+$/.exec(env["GITHUB_RUN_ID"] ?? "")?.[0];
  const url = !isGitHub
    ? toUrl(env["CI_JOB_URL"] ?? env["CI_PIPELINE_URL"])
    : project === undefined || runId === undefined
      ? undefined
      : `${project}/actions/runs/${runId}`;
  const sha = isGitHub ? env["GITHUB_SHA"] : env["CI_COMMIT_SHA"];
  const commit = /^[0-9a-f]{7,64}$/i.exec(sha ?? "")?.[0];
  const blob = `${project ?? ""}${isGitHub ? "" : "/-"}/blob/${commit ?? ""}`;
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(url === undefined ? {} : { url }),
    ...(commit === undefined || project === undefined
      ? {}
      : {
          toLineUrl: (path, line) => `${blob}/${path.split("/").map(encodeURIComponent).join("/")}#L${line}`,
        }),
  };
}

/** Returns an https URL, or an http URL of this machine; undefined for anything else. */
function toUrl(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(text);
  const isLocal = protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  const isSafe = (protocol === "https:" || isLocal) && username === "" && password === "";
  return isSafe ? href.replace(/\/$/, "") : undefined;
}
