/** Tests the life of an issue against servers that keep issues as GitHub and GitLab do. */
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Api } from "../../../../src/api/api.js";
import type { AuditRun } from "../../../../src/cli/commands/drift/run-audit.js";
import type { Context } from "../../../../src/cli/context.js";
import { Secrets } from "../../../../src/cli/masking/secrets.js";
import { UndeliveredError } from "../../../../src/cli/notify/notifier.js";
import { makeNotifiers } from "../../../../src/cli/notify/notifiers.js";
import { auditVerdict } from "../../../../src/views/drift/drift-json.js";
import type { Audit } from "../../../../src/core/drift/audit.js";
import type { Tracker } from "../../../helpers/issue-trackers.js";
import { trackers } from "../../../helpers/issue-trackers.js";
import { JumpingClock } from "../../../helpers/world.js";
import { everything, sampleAudit } from "../../views/samples.js";

const [lobby, lost] = everything.drift;
const drift = sampleAudit(everything);
const less = sampleAudit(everything, { drift: [lobby!] });
const more = sampleAudit(everything, { drift: [lobby!, { ...lost!, address: "rooms/ops" }] });
const inSync = sampleAudit(everything, { drift: [] });

let tracker: Tracker;
let stop: AbortController;
let clock: JumpingClock;
const api = {} as Api;

function context(env: Readonly<Record<string, string>>): Context {
  return {
    ...{
      cwd: "/",
      env,
      stdin: () => new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    },
    ...{ now: () => new Date(0), stop: stop.signal, abort: new AbortController().signal },
    ...{ secrets: new Secrets(), repeatOptions: (text) => text },
  };
}

describe.each(["github-issue", "gitlab-issue"] as const)("%s", (target) => {
  beforeEach(async () => {
    tracker = await trackers[target]();
    stop = new AbortController();
    clock = new JumpingClock();
  });
  afterEach(async () => {
    await tracker.close();
  });

  async function tell(audit: Audit, key = "key", repaired: readonly string[] = []): Promise<void> {
    const [notifier] = makeNotifiers([target], { env: tracker.env, secrets: new Secrets(), clock });
    const run = {
      ...{ audit, loaded: { files: [] } },
      ...(repaired.length === 0 ? {} : { repaired: { addresses: repaired, removedPeople: 0, left: [] } }),
    } as unknown as AuditRun;
    const previous = auditVerdict(inSync);
    await notifier!.send({ run, previous, key }, api, context(tracker.env));
  }

  const writes = (): readonly string[] => tracker.requests.filter((one) => !one.startsWith("GET"));

  it("opens no issue without drift", async () => {
    await tell(inSync);
    expect([tracker.issues, writes()]).toEqual([[], []]);
  });

  it("opens one issue, and leaves it alone while nothing changes", async () => {
    await tell(drift);
    const [{ title, labels, body }] = tracker.issues as [Tracker["issues"][number]];
    expect([title, labels]).toEqual(["Drift (chatform)", ["chatform-drift"]]);
    expect(body).toContain("2 of 8 resources changed outside chatform");
    tracker.requests.length = 0;
    await tell(drift);
    expect([tracker.issues.length, writes()]).toEqual([1, []]);
  });

  it("keeps the text up to date, and says what changed in a comment", async () => {
    await tell(drift);
    await tell(more);
    const [issue] = tracker.issues;
    expect(issue?.body).toContain("rooms/ops");
    expect(issue?.comments).toEqual([
      expect.stringMatching(
        /^Drift: 2 of 8 .*\n\n- `rooms\/lost`: no longer differs\n- `rooms\/ops` \(new\): no longer exists\n$/,
      ),
    ]);
  });

  it("names by e-mail a user whom an address names by id", async () => {
    const address = "users/11111111-1111-4111-8111-111111111111/settings";
    await tell(drift);
    await tell(sampleAudit(everything, { drift: [{ ...lobby!, address }] }));
    const [issue] = tracker.issues;
    expect(issue?.body).toContain("user: jane.doe@example.com");
    expect(issue?.comments.join("\n")).toContain(`\`${address}\` \`jane.doe@example.com\` (new)`);
  });

  it("edits the text without a comment if only a note changed", async () => {
    await tell(drift);
    await tell({ ...drift, pending: ["rooms/new"] });
    expect(tracker.issues[0]?.body).toContain("rooms/new");
    expect(tracker.issues[0]?.comments).toEqual([]);
  });

  it("closes the issue with a word, and opens it again", async () => {
    await tell(drift);
    await tell(inSync);
    expect(tracker.issues).toMatchObject(
      [{ isOpen: false, comments: [/^The drift is gone\. 8 resources match/] }].map(anyText),
    );
    await tell(inSync);
    await tell(drift);
    expect(tracker.issues).toMatchObject([
      anyText({ isOpen: true, comments: [/^The drift is gone/, /^There is drift again\. Drift: 2 of 8/] }),
    ]);
    await tell(inSync, "key", ["rooms/lobby"]);
    expect(tracker.issues[0]?.comments.at(-1)).toMatch(
      /^Repaired: 1 resource\. The drift is gone\. 8 resources match/,
    );
  });

  it("leaves an issue closed that a person closed, until the drift changes or comes back", async () => {
    await tell(drift);
    tracker.issues[0]!.isOpen = false;
    await tell(drift);
    expect(tracker.issues).toMatchObject([{ isOpen: false, comments: [] }]);
    await tell(less);
    expect(tracker.issues).toMatchObject([{ isOpen: true }]);
    tracker.issues[0]!.isOpen = false;
    await tell(inSync);
    await tell(less);
    expect(tracker.issues).toMatchObject([{ isOpen: true }]);
  });

  it("keeps an issue for each environment", async () => {
    await tell(drift, "one");
    await tell({ ...less, org: { ...less.org, environment: "prod" } }, "two");
    await tell(inSync, "one");
    expect(tracker.issues.map(({ title, isOpen }) => [title, isOpen])).toEqual([
      ["Drift (chatform)", false],
      ["Drift in prod (chatform)", true],
    ]);
  });

  it("takes no issue for its own that others wrote, or that has the marker further down", async () => {
    await tell(drift);
    const [own] = tracker.issues as [Tracker["issues"][number]];
    own.author = "stranger";
    await tell(drift);
    expect(tracker.issues).toHaveLength(2);
    tracker.issues[1]!.body = `Look:\n${tracker.issues[1]!.body}`;
    await tell(inSync);
    expect(tracker.issues.map(({ isOpen }) => isOpen)).toEqual([true, true]);
  });

  it("keeps the older of two issues that two runs opened at the same time", async () => {
    let waiting: (() => void)[] = [];
    tracker.onRequest = (request) => {
      if (!request.startsWith("POST") || !request.endsWith("/issues")) return;
      return new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 2) return;
        for (const go of waiting) go();
        waiting = [];
      });
    };
    await Promise.all([tell(drift), tell(drift)]);
    expect(tracker.issues.map(({ isOpen, comments }) => [isOpen, comments])).toEqual([
      [true, []],
      [false, ["Duplicate of #1.\n"]],
    ]);
    tracker.issues[1]!.isOpen = true;
    await tell(drift);
    expect(tracker.issues.map(({ isOpen }) => isOpen)).toEqual([true, false]);
  });

  it("does not open a second issue if the response about the first was lost", async () => {
    const create = {
      match: `POST ${target === "github-issue" ? "/repos/acme/chat" : "/api/v4/projects/42"}/issues`,
    };
    tracker.faults.push({ ...create, isLate: true }, { ...create, status: 502 });
    await tell(drift);
    expect(tracker.issues).toHaveLength(1);
  });

  it.each([{ status: 500 }, { status: 503, headers: { "retry-after": "30" } }, { status: 429 }, {}])(
    "tries again after %j",
    async (fault) => {
      tracker.faults.push({ match: "/issues", ...fault, times: 2 });
      await tell(drift);
      expect(tracker.issues).toHaveLength(1);
    },
  );

  it.each([401, 403, 404, 422, 302])("says that the tracker responded with %i, at once", async (status) => {
    tracker.faults.push({ match: "/issues", status });
    const error = await tell(drift).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(UndeliveredError);
    expect(String(error)).toContain(String(status));
    expect(String(error)).not.toContain(tracker.token);
    expect([tracker.requests.length, tracker.issues]).toEqual([1, []]);
  });

  it("opens nothing if the label can't be set: the issue would never be found again", async () => {
    tracker.faults.push({ match: "/labels", status: 403 });
    await expect(tell(drift)).rejects.toThrow("403");
    expect(tracker.issues).toEqual([]);
  });

  it("closes an issue whose label was dropped, and says so", async () => {
    tracker.dropsLabels = true;
    tracker.faults.push({ match: "/labels", status: 404 });
    await expect(tell(drift)).rejects.toThrow("may not set the label chatform-drift. Issue #1 was closed");
    expect(tracker.issues).toMatchObject([{ isOpen: false, labels: [] }]);
  });

  it("stops at a signal", async () => {
    tracker.onRequest = () => {
      stop.abort(new Error("interrupted"));
      return new Promise(() => undefined);
    };
    await expect(tell(drift)).rejects.toThrow("interrupted");
  });

  it("stays below the limit of a body, whatever drifted", async () => {
    const many = Array.from({ length: 1200 }, (_, at) => ({ ...lobby!, address: `rooms/r${at}` }));
    await tell(sampleAudit(everything, { drift: many }));
    expect(tracker.issues[0]?.body).toContain("**Truncated:**");
    await tell(sampleAudit(everything, { drift: many.slice(1) }));
    expect(tracker.issues[0]?.comments).toEqual([expect.stringContaining("1,199 of 8")]);
  });
});

describe("github-issue", () => {
  beforeEach(async () => {
    tracker = await trackers["github-issue"]();
  });
  afterEach(async () => {
    await tracker.close();
  });

  it.each([
    ["a wait that is short enough", "59", 1],
    ["a wait that is too long", "3600", 0],
  ])("takes a 403 about the limit of requests for %s", async (_name, seconds, opened) => {
    clock = new JumpingClock();
    const reset = String(Math.floor(clock.now() / 1000) + Number(seconds));
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    tracker.faults.push({ match: "/issues", status: 403, headers });
    const [notifier] = makeNotifiers(["github-issue"], { env: tracker.env, secrets: new Secrets(), clock });
    const notice = {
      run: { audit: drift, loaded: { files: [] } } as unknown as AuditRun,
      previous: "in-sync",
      key: "key",
    } as const;
    stop = new AbortController();
    const sent = await notifier!.send(notice, api, context(tracker.env)).catch((error: unknown) => error);
    expect(tracker.issues).toHaveLength(opened);
    if (opened === 0) expect(String(sent)).toContain("limit of requests");
  });

  const env = { GITHUB_REPOSITORY: "acme/chat", GITHUB_TOKEN: "ghs_0123456789abcdef" };
  it.each([
    ["github-issue", {}],
    ["github-issue", { GITHUB_REPOSITORY: "acme/chat" }],
    ["github-issue", { ...env, GITHUB_API_URL: "http://github.example/api/v3" }],
    ["github-issue=acme", env],
    ["github-issue=acme/..", env],
    ["github-issue=acme/chat/issues", env],
    ["gitlab-issue=42", env],
    ["gitlab-issue", env],
    ["gitlab-issue", { CI_API_V4_URL: "https://gitlab.example/api/v4", CI_PROJECT_ID: "42" }],
  ])("refuses %s with %j before the first request", (target, given: Readonly<Record<string, string>>) => {
    expect(() => makeNotifiers([target], { env: given, secrets: new Secrets() })).toThrow(
      /issue|GITHUB_API_URL/,
    );
  });
});

function anyText(issue: { readonly isOpen: boolean; readonly comments: readonly RegExp[] }) {
  return { ...issue, comments: issue.comments.map((one) => expect.stringMatching(one) as string) };
}
