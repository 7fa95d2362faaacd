/** Servers on loopback that keep issues as GitHub and GitLab do, as far as chatform uses them. */
import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface FakeIssue {
  readonly number: number;
  title: string;
  body: string;
  isOpen: boolean;
  readonly labels: readonly string[];
  author: string;
  readonly comments: string[];
}

/** A response in the place of the real one; undefined: the connection breaks. */
export interface Fault {
  readonly match: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request has its effect, and only the response is lost or replaced. */
  readonly isLate?: boolean;
  /** How many times. Default: 1. */
  times?: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

type Body = Readonly<Record<string, unknown>>;

abstract class FakeTracker {
  readonly issues: FakeIssue[] = [];
  readonly labels = new Set<string>();
  /** `POST /repos/acme/chat/issues` */
  readonly requests: string[] = [];
  readonly faults: Fault[] = [];
  /** True to drop the labels of new issues, as for a token that may not set them. */
  dropsLabels = false;
  /** The only token that is accepted. */
  token = "token-0123456789abcdef";
  readonly #server: Server;
  /** Runs before a request is carried out. */
  onRequest: (request: string) => Promise<void> | void = () => undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#respond(request).then((reply) => {
        if (reply === undefined) request.socket.destroy();
        else
          response
            .writeHead(reply.status, { "content-type": "application/json", ...reply.headers })
            .end(JSON.stringify(reply.body));
      });
    });
  }

  abstract readonly env: Readonly<Record<string, string>>;
  protected abstract isAllowed(headers: IncomingMessage["headers"]): boolean;
  protected abstract reply(method: string, url: URL, body: Body): Reply | undefined;

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  /** With a path, as servers of one's own may have. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/server`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #respond(
    request: IncomingMessage,
  ): Promise<(Reply & { readonly headers?: Readonly<Record<string, string>> }) | undefined> {
    const { method = "", url: target = "" } = request;
    const url = target.replace(/^\/server/, "");
    if (url === target) return { status: 404, body: { message: "Not Found" } };
    const body = await text(request);
    const name = `${method} ${url.replace(/\?.*/s, "")}`;
    this.requests.push(name);
    await this.onRequest(name);
    const fault = this.faults.find(({ match, times = 1 }) => times > 0 && name.endsWith(match));
    if (fault !== undefined) fault.times = (fault.times ?? 1) - 1;
    const reply = (): Reply => {
      if (!this.isAllowed(request.headers)) return { status: 401, body: { message: "Bad credentials" } };
      const given = JSON.parse(body === "" ? "{}" : body) as Body;
      return (
        this.reply(method, new URL(url, this.url), given) ?? { status: 404, body: { message: "Not Found" } }
      );
    };
    if (fault === undefined) return reply();
    if (fault.isLate === true) reply();
    if (fault.status === undefined) return undefined;
    const { status, headers = {} } = fault;
    return { status, headers, body: { message: `Status ${status}` } };
  }

  protected find(number: string | undefined): FakeIssue | undefined {
    return this.issues.find((one) => one.number === Number(number));
  }

  protected add(title: unknown, body: unknown, labels: readonly string[], author: string): FakeIssue {
    const issue = {
      ...{ number: this.issues.length + 1, title: String(title), body: String(body), isOpen: true },
      ...{ labels: this.dropsLabels ? [] : labels, author, comments: [] },
    };
    this.issues.push(issue);
    for (const label of labels) this.labels.add(label);
    return issue;
  }

  protected page(url: URL, isListed: (issue: FakeIssue) => boolean): readonly FakeIssue[] {
    const { searchParams: query } = url;
    const [size, page] = [Number(query.get("per_page")), Number(query.get("page"))];
    const wanted = query.get("labels") ?? "";
    const all = this.issues.filter((one) => one.labels.includes(wanted) && isListed(one));
    return all.slice((page - 1) * size, page * size);
  }
}

/** The limit of a body on GitHub, in characters. */
const maxBody = 65_536;

class FakeGitHub extends FakeTracker {
  get env() {
    return {
      GITHUB_API_URL: this.url,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "acme/chat",
      GITHUB_RUN_ID: "1",
      GITHUB_TOKEN: this.token,
    };
  }

  isAllowed(headers: IncomingMessage["headers"]): boolean {
    return headers.authorization === `Bearer ${this.token}` && headers["user-agent"] !== undefined;
  }

  reply(method: string, url: URL, body: Body): Reply | undefined {
    const [, rest = "", number] =
      /^\/repos\/acme\/chat\/((?:issues|labels)(?:\/(\d+))?.*)$/.exec(url.pathname) ?? [];
    const invalid = { status: 422, body: { message: "Validation Failed" } };
    const sent = body["body"];
    if (typeof sent === "string" && sent.length > maxBody) return invalid;
    const issue = this.find(number);
    if (method === "GET" && rest === "issues") {
      const state = url.searchParams.get("state");
      const found = this.page(url, ({ isOpen }) => state === "all" || isOpen === (state === "open"));
      return { status: 200, body: found.map((one) => this.#show(one)) };
    }
    if (method === "POST" && rest === "labels") {
      const name = String(body["name"]);
      if (this.labels.has(name)) return invalid;
      this.labels.add(name);
      return { status: 201, body: { name } };
    }
    if (method === "POST" && rest === "issues") {
      const labels = body["labels"] as readonly string[];
      return {
        status: 201,
        body: this.#show(this.add(body["title"], sent, labels, "github-actions[bot]")),
      };
    }
    if (issue !== undefined && method === "PATCH") {
      if (typeof sent === "string") issue.body = sent;
      if (body["state"] !== undefined) issue.isOpen = body["state"] === "open";
      return { status: 200, body: this.#show(issue) };
    }
    if (issue !== undefined && method === "POST" && rest.endsWith("/comments")) {
      issue.comments.push(String(sent));
      return { status: 201, body: { id: 1 } };
    }
    return undefined;
  }

  #show({ number, title, body, isOpen, author, labels }: FakeIssue) {
    return {
      ...{ number, title, body, state: isOpen ? "open" : "closed", user: { login: author } },
      labels: labels.map((name) => ({ name })),
      author_association: "NONE",
    };
  }
}

class FakeGitLab extends FakeTracker {
  get env() {
    return {
      CI_API_V4_URL: `${this.url}/api/v4`,
      CI_PROJECT_ID: "42",
      CI_PROJECT_PATH: "acme/chat",
      CI_JOB_URL: "https://gitlab.example/acme/chat/-/jobs/1",
      GITLAB_TOKEN: this.token,
    };
  }

  isAllowed(headers: IncomingMessage["headers"]): boolean {
    return headers["private-token"] === this.token;
  }

  reply(method: string, url: URL, body: Body): Reply | undefined {
    const [, rest = "", number] =
      /^\/api\/v4\/projects\/\d+\/((?:issues|labels)(?:\/(\d+))?.*)$/.exec(url.pathname) ?? [];
    const issue = this.find(number);
    if (method === "GET" && rest === "issues") {
      const isMine = url.searchParams.get("scope") === "created_by_me";
      const found = this.page(url, ({ author }) => !isMine || author === "project_42_bot_1");
      return { status: 200, body: found.map((one) => this.#show(one)) };
    }
    if (method === "POST" && rest === "labels") {
      const name = String(body["name"]);
      if (this.labels.has(name)) return { status: 409, body: { message: "Label already exists" } };
      this.labels.add(name);
      return { status: 201, body: { name } };
    }
    if (method === "POST" && rest === "issues") {
      const labels = String(body["labels"]).split(",");
      return {
        status: 201,
        body: this.#show(this.add(body["title"], body["description"], labels, "project_42_bot_1")),
      };
    }
    if (issue !== undefined && method === "PUT") {
      if (typeof body["description"] === "string") issue.body = body["description"];
      if (body["state_event"] !== undefined) issue.isOpen = body["state_event"] === "reopen";
      return { status: 200, body: this.#show(issue) };
    }
    if (issue !== undefined && method === "POST" && rest.endsWith("/notes")) {
      issue.comments.push(String(body["body"]));
      return { status: 201, body: { id: 1 } };
    }
    return undefined;
  }

  #show({ number, title, body, isOpen, author, labels }: FakeIssue) {
    const state = isOpen ? "opened" : "closed";
    return { iid: number, title, description: body, state, author: { username: author }, labels };
  }
}

export const trackers = {
  "github-issue": () => new FakeGitHub().listen(),
  "gitlab-issue": () => new FakeGitLab().listen(),
} as const;

export type Tracker = Awaited<ReturnType<(typeof trackers)[keyof typeof trackers]>>;
