import type { Json } from "../../../core/json/json.js";
import { isObject } from "../../../core/json/json.js";
import { systemClock } from "../../../core/time/clock.js";
import { variable } from "../../../http/environment.js";
import type { HttpResponse } from "../../../http/message.js";
import { UsageError } from "../../parse/usage-error.js";
import type { JsonServer } from "../json-server.js";
import { proxyTo, secureUrl, statusReason } from "../json-server.js";
import type { Notifier } from "../notifier.js";
import { UndeliveredError } from "../notifier.js";
import type { Notifying } from "../webhooks.js";
import { issueNotifier } from "./issue-notifier.js";
import type { IssueTracker, OpenedIssue, TrackedIssue } from "./issue-tracker.js";
import { label } from "./issue-tracker.js";
import { listPages, serverMessage, toOpened } from "./responses.js";

/**
 * Makes the notifier of `gitlab-issue`. The variables are those of GitLab's jobs, and GITLAB_TOKEN: a job token can't write issues.
 * Source: GitLab's list of what a job token can access.
 *
 * @throws UsageError if the project or the token is missing
 */
export function gitlabIssue({ env, clock = systemClock }: Notifying): Notifier {
  const [api, project] = [variable(env, "CI_API_V4_URL"), variable(env, "CI_PROJECT_ID")];
  if (api === undefined || project === undefined)
    throw new UsageError(
      "--notify gitlab-issue needs CI_API_V4_URL and CI_PROJECT_ID, which GitLab's jobs have.",
    );
  const token = variable(env, "GITLAB_TOKEN");
  if (token === undefined)
    throw new UsageError(
      "--notify gitlab-issue needs GITLAB_TOKEN: a project access token with the scope api. The token of a job can't write issues.",
    );
  const url = secureUrl("CI_API_V4_URL", api);
  const path = variable(env, "CI_PROJECT_PATH") ?? `project ${project}`;
  return issueNotifier({
    name: `the issues of ${path}`,
    target: `gitlab-issue=${project}`,
    server: {
      url,
      proxy: proxyTo(url, env),
      headers: { "private-token": token },
      maxWaitMs: 60_000,
      reason,
      clock,
    },
    toTracker: (server) => new GitLabIssues(server, `/projects/${encodeURIComponent(project)}`),
  });
}

class GitLabIssues implements IssueTracker {
  readonly #server: JsonServer;
  readonly #project: string;

  constructor(server: JsonServer, project: string) {
    this.#server = server;
    this.#project = project;
  }

  /** Only issues of the token's user are listed: guests could write a marker, and set the label at it, too. */
  async list(): Promise<readonly TrackedIssue[]> {
    const query = `labels=${label.name}&scope=created_by_me&order_by=created_at&sort=asc`;
    const issues = await listPages(this.#server, `${this.#project}/issues?${query}`);
    return issues.flatMap(toIssue);
  }

  async prepareLabel(): Promise<void> {
    const body = JSON.stringify({ ...label, color: `#${label.color}` });
    await this.#server
      .send({ method: "POST", target: `${this.#project}/labels`, body })
      .catch((error: unknown) => {
        // 409: the label exists. Undocumented: a label of the group may be a 400. 404: as for a token that may not create labels.
        if (!(error instanceof UndeliveredError && [400, 404, 409].includes(error.status ?? 0))) throw error;
      });
  }

  async open({ title, body }: { readonly title: string; readonly body: string }): Promise<OpenedIssue> {
    const target = `${this.#project}/issues`;
    const sent = JSON.stringify({ title, description: body, labels: label.name });
    return toOpened(
      await this.#server.send({ method: "POST", target, body: sent, isRepeatable: false }),
      "iid",
    );
  }

  async edit(
    number: number,
    { body, isOpen }: { readonly body?: string; readonly isOpen?: boolean },
  ): Promise<void> {
    const state = isOpen === undefined ? {} : { state_event: isOpen ? "reopen" : "close" };
    const text = body === undefined ? {} : { description: body };
    await this.#send("PUT", `/issues/${String(number)}`, { ...text, ...state });
  }

  async comment(number: number, text: string): Promise<void> {
    await this.#send("POST", `/issues/${String(number)}/notes`, { body: text });
  }

  async #send(method: "POST" | "PUT", path: string, body: object): Promise<void> {
    await this.#server.send({ method, target: this.#project + path, body: JSON.stringify(body) });
  }
}

function toIssue(value: Json): readonly TrackedIssue[] {
  if (!isObject(value)) return [];
  const { iid, description, state } = value;
  const body = typeof description === "string" ? description : "";
  return [{ number: Number(iid), body, isOpen: state === "opened" }];
}

function reason(response: HttpResponse): string {
  const helps: Readonly<Record<number, string>> = {
    401: "; GITLAB_TOKEN is not valid, or has expired",
    403: "; GITLAB_TOKEN may not write issues and labels: it needs the scope api and the role Reporter",
    404: "; the project does not exist, its issues are turned off, or GITLAB_TOKEN may not read them",
    429: "; the limit of requests is used up",
  };
  return `${statusReason(response)}${helps[response.status] ?? ""}${serverMessage(response)}`;
}
