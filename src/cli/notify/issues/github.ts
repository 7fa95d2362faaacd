import { isObject } from "../../../core/json/json.js";
import type { Json } from "../../../core/json/json.js";
import type { Clock } from "../../../core/time/clock.js";
import { systemClock } from "../../../core/time/clock.js";
import { variable } from "../../../http/environment.js";
import type { HttpResponse } from "../../../http/message.js";
import { header } from "../../../http/message.js";
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
 * Makes the notifier of `github-issue[=OWNER/REPOSITORY]`. The variables are those of GitHub's runners.
 *
 * @throws UsageError if the repository or the token is missing
 */
export function githubIssue(repository: string, { env, clock = systemClock }: Notifying): Notifier {
  const name = repository === "" ? (variable(env, "GITHUB_REPOSITORY") ?? "") : repository;
  if (!/^[\w-][\w.-]*\/(?!\.\.?$)[\w.-]+$/.test(name))
    throw new UsageError(
      "--notify github-issue needs a repository: GITHUB_REPOSITORY, or github-issue=OWNER/REPOSITORY.",
    );
  const token = variable(env, "GITHUB_TOKEN") ?? variable(env, "GH_TOKEN");
  if (token === undefined)
    throw new UsageError(
      "--notify github-issue needs GITHUB_TOKEN, a token that may write issues. In a workflow: env: { GITHUB_TOKEN: ${{ github.token }} } and permissions: { issues: write }.",
    );
  const url = secureUrl("GITHUB_API_URL", variable(env, "GITHUB_API_URL") ?? "https://api.github.com");
  const headers = {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${token}`,
    "x-github-api-version": "2022-11-28",
  };
  return issueNotifier({
    name: `the issues of ${name}`,
    target: `github-issue=${name}`,
    server: {
      ...{ url, proxy: proxyTo(url, env), headers, maxWaitMs: 60_000, clock, reason },
      interpret: (response) => asLimit(response, clock),
    },
    toTracker: (server) => new GitHubIssues(server, `/repos/${name}`),
  });
}

class GitHubIssues implements IssueTracker {
  readonly #server: JsonServer;
  readonly #repository: string;

  constructor(server: JsonServer, repository: string) {
    this.#server = server;
    this.#repository = repository;
  }

  /** The list by label is used, as the search for issues lags behind. */
  async list(): Promise<readonly TrackedIssue[]> {
    const query = `labels=${label.name}&state=all&sort=created&direction=asc`;
    const issues = await listPages(this.#server, `${this.#repository}/issues?${query}`);
    return issues.flatMap(toIssue);
  }

  async prepareLabel(): Promise<void> {
    await this.#server
      .send({ method: "POST", target: `${this.#repository}/labels`, body: JSON.stringify(label) })
      .catch((error: unknown) => {
        // 422: the label exists. 404: the token may not create labels, but perhaps set them.
        if (!(error instanceof UndeliveredError && [404, 422].includes(error.status ?? 0))) throw error;
      });
  }

  async open(issue: { readonly title: string; readonly body: string }): Promise<OpenedIssue> {
    const body = JSON.stringify({ ...issue, labels: [label.name] });
    const target = `${this.#repository}/issues`;
    return toOpened(await this.#server.send({ method: "POST", target, body, isRepeatable: false }), "number");
  }

  async edit(
    number: number,
    { body, isOpen }: { readonly body?: string; readonly isOpen?: boolean },
  ): Promise<void> {
    const state = isOpen === undefined ? {} : { state: isOpen ? "open" : "closed" };
    await this.#send("PATCH", `/issues/${String(number)}`, {
      ...(body === undefined ? {} : { body }),
      ...state,
    });
  }

  async comment(number: number, text: string): Promise<void> {
    await this.#send("POST", `/issues/${String(number)}/comments`, { body: text });
  }

  async #send(method: "POST" | "PATCH", path: string, body: object): Promise<void> {
    await this.#server.send({ method, target: this.#repository + path, body: JSON.stringify(body) });
  }
}

/** Authors who may write to the repository. Source: GitHub's `author_association`. */
const writers = ["OWNER", "MEMBER", "COLLABORATOR"];

/** Returns an issue that an app or somebody of the repository wrote: a stranger could write a marker too. */
function toIssue(value: Json): readonly TrackedIssue[] {
  // A pull request is an issue too.
  if (!isObject(value) || value["pull_request"] !== undefined) return [];
  const { number, body, state, user, author_association: association } = value;
  const isApp = isObject(user) && typeof user["login"] === "string" && user["login"].endsWith("[bot]");
  if (!isApp && typeof association === "string" && !writers.includes(association)) return [];
  return [{ number: Number(number), body: typeof body === "string" ? body : "", isOpen: state === "open" }];
}

/**
 * Returns a 403 about the limit of requests as a 429 with the wait until it ends. Source: GitHub's page about rate limits: a limit is a
 * 403 or a 429, with Retry-After, or with x-ratelimit-remaining: 0 and the second of its end in x-ratelimit-reset.
 */
function asLimit(response: HttpResponse, clock: Pick<Clock, "now">): HttpResponse {
  const { status, headers } = response;
  if (status !== 403 && status !== 429) return response;
  if (header(response, "retry-after") !== undefined) return { ...response, status: 429 };
  if (header(response, "x-ratelimit-remaining") !== "0") return response;
  const seconds = Number(header(response, "x-ratelimit-reset") ?? 0) - clock.now() / 1000;
  const wait = String(Math.max(1, Math.ceil(seconds)));
  return { ...response, status: 429, headers: { ...headers, "retry-after": wait } };
}

function reason(response: HttpResponse): string {
  const helps: Readonly<Record<number, string>> = {
    301: "; the repository has moved",
    401: "; GITHUB_TOKEN is not valid",
    403: "; GITHUB_TOKEN may not write issues: in a workflow, add permissions: { issues: write }",
    404: "; the repository does not exist, or GITHUB_TOKEN may not read its issues",
    410: "; the repository's issues are turned off",
    429: "; the limit of requests is used up",
  };
  return `${statusReason(response)}${helps[response.status] ?? ""}${serverMessage(response)}`;
}
