import { describe, expect, it } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import type { ChangeResult } from "../../../../src/engine/events.js";
import { ApplyJson } from "../../../../src/views/apply/apply-json.js";
import { renderApplyResult } from "../../../../src/views/apply/apply-result-text.js";
import { ApplyText } from "../../../../src/views/apply/apply-text.js";
import { ProgressLine } from "../../../../src/views/apply/progress.js";
import { applyReport } from "../../../../src/views/reports/build-report.js";
import { reportHtml } from "../../../../src/views/reports/html/report-html.js";
import { reportMarkdown } from "../../../../src/views/reports/report-markdown.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { endings, everything, sampleResult } from "../samples.js";

const style = styles(false);

function recorder(isTTY: boolean, columns = 80) {
  const texts: string[] = [];
  return { texts, output: { isTTY, columns, write: (text: string) => texts.push(text) } };
}

describe("ProgressLine", () => {
  it("writes a line every 10 s where there is no terminal", () => {
    const { texts, output } = recorder(false);
    let now = 1000;
    const progress = new ProgressLine({ output, now: () => now });
    progress.onEvent({ type: "phase", phase: "refresh", total: 4000 });
    for (let done = 1; done <= 400; done++) {
      now += 100;
      progress.onEvent({ type: "progress", phase: "refresh", done, total: 4000 });
    }
    expect(texts).toEqual([
      "Reading: 100/4,000, 10/s, 7 min left\n",
      "Reading: 200/4,000, 10/s, 6 min left\n",
      "Reading: 300/4,000, 10/s, 6 min left\n",
      "Reading: 400/4,000, 10/s, 6 min left\n",
    ]);
  });

  it("shows a wait at a tick", () => {
    const { texts, output } = recorder(false);
    let now = 1000;
    const progress = new ProgressLine({ output, now: () => now });
    progress.tick();
    progress.onEvent({ type: "phase", phase: "apply", total: 3 });
    now += 11_000;
    progress.tick();
    progress.tick();
    expect(texts).toEqual(["Applying: 0/3, 11 s so far\n"]);
  });

  it("says that the service asks to wait long", () => {
    const { texts, output } = recorder(false);
    let now = 1000;
    let pausedMs = 3_590_000;
    const progress = new ProgressLine({
      output,
      now: () => now,
      pace: { pausedMs: () => pausedMs, budget: () => undefined },
    });
    progress.onEvent({ type: "phase", phase: "refresh", total: 3 });
    now += 11_000;
    progress.tick();
    now += 11_000;
    pausedMs = 900;
    progress.tick();
    expect(texts).toEqual(["Reading: 0/3, the service asks to wait 60 min\n", "Reading: 0/3, 22 s so far\n"]);
  });

  it("says what a long wait is for", () => {
    const { texts, output } = recorder(false);
    let now = 1000;
    const longWait = (): string => "waiting 11 s for the state at https://example.com";
    const progress = new ProgressLine({ output, now: () => now, longWait });
    for (const total of [3, 0]) {
      progress.onEvent({ type: "phase", phase: "apply", total });
      now += 11_000;
      progress.tick();
    }
    expect(texts).toEqual([
      "Applying: 0/3, waiting 11 s for the state at https://example.com\n",
      "Applying: waiting 11 s for the state at https://example.com\n",
    ]);
  });

  it("tells once which setting makes a long reading faster", () => {
    const { texts, output } = recorder(true);
    let now = 1000;
    const limits = [
      { of: "token" as const, windowSeconds: 60, windows: [{ size: 300, left: 0, seconds: 40 }] },
    ];
    const budget = { perMinute: 300, limits, faster: "GENESYSCLOUD_TOKEN_POOL_SIZE=10" };
    const progress = new ProgressLine({
      output,
      now: () => now,
      pace: { pausedMs: () => 0, budget: () => budget },
    });
    for (const done of [100, 200, 300]) {
      progress.onEvent({ type: "progress", phase: "refresh", done, total: 12_000 });
      now += 10_000;
      progress.tick();
    }
    expect(texts.filter((text) => text.includes("Faster"))).toEqual([
      "Reading takes 40 min more at 300 requests a minute. Faster with GENESYSCLOUD_TOKEN_POOL_SIZE=10.\n",
    ]);
  });

  it("draws one line on a terminal, no wider than the terminal, and removes it", () => {
    const { texts, output } = recorder(true, 20);
    let now = 1000;
    const progress = new ProgressLine({ output, now: () => now });
    progress.onEvent({ type: "phase", phase: "verify", total: 2 });
    now += 500;
    progress.onEvent({ type: "progress", phase: "verify", done: 1, total: 2 });
    progress.line("a line above\n");
    now += 500;
    progress.onEvent({ type: "progress", phase: "verify", done: 2, total: 2 });
    expect(texts).toEqual([
      "\r\u001b[KReading back: 1/2,…",
      "\r\u001b[Ka line above\n",
      "\r\u001b[KReading back: 2/2,…",
      "\r\u001b[K",
    ]);
  });

  it("writes the lines until a tick at once", () => {
    const { texts, output } = recorder(false);
    const progress = new ProgressLine({ output, now: () => 0 });
    progress.onEvent({ type: "phase", phase: "apply", total: 3 });
    for (const [done, text] of ["one\n", "two\n", "three\n"].entries()) {
      progress.line(text);
      progress.onEvent({ type: "progress", phase: "apply", done, total: 3 });
    }
    expect(texts).toEqual([]);
    progress.tick();
    progress.line("four\n");
    progress.clear();
    expect(texts).toEqual(["one\ntwo\nthree\n", "four\n"]);
  });
});

describe("ApplyText", () => {
  it("shows the start and the end of each change", () => {
    const { texts, output } = recorder(false);
    const view = new ApplyText({ output, now: () => 0, style, people: {} });
    const { results } = sampleResult(everything, endings);
    for (const { change, result } of results.values()) {
      view.onEvent({ type: "change-started", address: change.address, action: change.action });
      view.onEvent({ type: "change-ended", change, result });
    }
    view.onEvent({ type: "notice", text: "waiting\u001b[2J" });
    view.done();
    expect(texts.join("")).toMatchInlineSnapshot(`
      "rooms/adopted: adopting...
      rooms/adopted: adopted
      rooms/gone: removing from the state...
      rooms/gone: failed
      rooms/incident-bridge: creating...
      rooms/incident-bridge: not confirmed
      rooms/incident-bridge/messages/rules: creating...
      rooms/incident-bridge/messages/rules: uncertain
      rooms/lobby: updating...
      rooms/lobby: skipped because rooms/incident-bridge failed
      rooms/lobby/messages/old: deleting...
      rooms/lobby/messages/old: recovered (adhoc-00000000-0000-4000-8000-000000000001@conference.acme.orgspan.com)
      settings: updating...
      settings: not started
      waiting\\u{1b}[2J
      "
    `);
  });

  it("shows the id of a created object at once", async () => {
    const { texts, output } = recorder(false);
    const view = new ApplyText({ output, now: () => 0, style, people: {} });
    view.onEvent({ type: "change-started", address: "rooms/a", action: "create" });
    view.onEvent({ type: "created", address: "rooms/a", id: "J" });
    view.onEvent({ type: "created", address: "rooms/b", id: "K" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(texts).toEqual(["rooms/a: creating...\nrooms/a: created (J)\nrooms/b: created (K)\n"]);
  });
});

describe("people", () => {
  it("whom an address names by id are shown by e-mail", () => {
    const id = "22222222-2222-4222-8222-222222222222";
    const { texts, output } = recorder(false);
    const view = new ApplyText({ output, now: () => 0, style, people: { [id]: "sam@example.com" } });
    const started = (address: string): void => {
      view.onEvent({ type: "change-started", address, action: "update" });
    };
    started(`users/${id}/settings`);
    started("users/jane@example.com/settings");
    started("rooms/a");
    view.done();
    expect(texts.join("")).toBe(
      `users/${id}/settings (sam@example.com): updating...\nusers/jane@example.com/settings: updating...\nrooms/a: updating...\n`,
    );
  });
});

const refused = { status: "failed", errors: [], skippedCalls: 0, accepted: [] } as const;

function errorWith(outcome: "refused" | "unclear"): ApiError {
  const request = { operation: "postChatsRooms", method: "POST", path: "/api/v2/chats/rooms" };
  return new ApiError({ ...request, outcome, code: "x", reason: "no" });
}

describe("renderApplyResult", () => {
  it("shows everything that needs attention, then the counts", () => {
    expect(renderApplyResult(sampleResult(everything, endings), { style, width: 80, people: {} }))
      .toMatchInlineSnapshot(`
        "
        Error: rooms/gone: failed
          patchChatsRoom (PATCH /api/v2/chats/rooms/x) failed: 403
          missing.any.permissions: You are missing permissions (correlation id 0f3f4b9d)
          help: Give the credentials one of these permissions: chat:room:edit.
          2 dependent calls were skipped.
          Already changed: participants -u1.
        Error: rooms/incident-bridge: not confirmed
          The service accepted the change, but reading it back still shows other values:
          subject.
          subject: the service stores "A\\u{a0}B" instead of "A B".
          description changed after the plan was made, from "Old" to "New". The config
          declares another value; chatform kept the live one.
        Error: rooms/incident-bridge/messages/rules: uncertain
          patchChatsRoom (PATCH /api/v2/chats/rooms/x) failed: 403
          missing.any.permissions: You are missing permissions (correlation id
          0f3f4b9d). Find it: chatform import rooms/maybe JID.
        Warning: rooms/lobby/messages/old: recovered
          The response to the create request was lost; the created object was found as
          adhoc-00000000-0000-4000-8000-000000000001@conference.acme.orgspan.com. 1 call
          was not made; the next plan shows the remaining differences.
        Skipped because rooms/incident-bridge failed:
          rooms/lobby
        Not started:
          settings
        Error: rooms/maybe is uncertain and left unchanged
          The response to the create of this room was lost. Find it:
          chatform import rooms/maybe JID.

        Apply incomplete: 1 adopted, 1 failed, 1 not confirmed, 1 uncertain, 1
        recovered, 1 skipped, 1 not started, 1 left unchanged. 4 calls.
        Completed changes are recorded. Run the command again to continue.
        "
      `);
  });

  it("is short for a complete apply", () => {
    const certain = { ...everything, uncertain: [] };
    const text = renderApplyResult(sampleResult(certain, [{ status: "done", changedDuringRun: [] }]), {
      style,
      width: 80,
      people: {},
    });
    expect(text).toMatchInlineSnapshot(`
      "
      Apply complete: 2 created, 2 updated (1 person removed), 1 deleted, 1 adopted, 1
      removed from the state. 4 calls.
      "
    `);
  });

  it.each<readonly [string, ChangeResult, string]>([
    ["refused", { ...refused, errors: [errorWith("refused")] }, "nothing was changed"],
    [
      "failed without a clear response",
      { ...refused, errors: [errorWith("unclear")] },
      "no change is confirmed",
    ],
    [
      "uncertain",
      { status: "uncertain", error: errorWith("unclear"), nextStep: "" },
      "no change is confirmed",
    ],
    ["cut off", { status: "interrupted", accepted: [], cutOff: true }, "no change is confirmed"],
    ["recovered", { status: "recovered", id: "J", skippedCalls: 1 }, "no change is complete"],
  ])("says that nothing was changed only if that is certain: %s", (_what, ending, text) => {
    const result = { ...sampleResult(everything, [ending]), accepted: 0 };
    expect(renderApplyResult(result, { style, width: 80, people: {} })).toContain(
      `Apply incomplete: ${text}`,
    );
  });

  it("asks for a new plan after an incomplete apply of a saved plan, which applies once", () => {
    const text = renderApplyResult(sampleResult(everything, endings), {
      style,
      width: 80,
      people: {},
      isSaved: true,
    });
    expect(text).toMatch(/Completed changes are recorded\. To continue: chatform plan\n$/);
  });

  it("says that the apply was interrupted", () => {
    const text = renderApplyResult(
      {
        ...sampleResult(everything, [{ status: "interrupted", accepted: [], cutOff: false }], true),
        accepted: 0,
      },
      {
        style,
        width: 80,
        people: {},
      },
    );
    expect(text).toContain("Apply interrupted: nothing was changed, 7 not started, 1 left unchanged.");
  });
});

describe("ApplyJson", () => {
  it("writes one object a line, in the shape of Terraform's", () => {
    const { texts, output } = recorder(false);
    let seconds = 0;
    const now = (): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++));
    const view = new ApplyJson({ output, now, plan: everything });
    const result = sampleResult(everything, endings);
    for (const { change, result: ending } of result.results.values()) {
      view.onEvent({ type: "change-started", address: change.address, action: change.action });
      view.onEvent({ type: "change-ended", change, result: ending });
    }
    view.finish(result);
    expect(texts.every((text) => text.endsWith("\n") && text.indexOf("\n") === text.length - 1)).toBe(true);
    const lines = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
    for (const line of lines) {
      expect(line).toMatchObject({
        "@level": expect.stringMatching(/^(info|warn|error)$/) as string,
        "@message": expect.any(String) as string,
        "@module": "chatform.ui",
        "@timestamp": expect.stringMatching(/^2026-/) as string,
      });
    }
    const types = lines.map((line) => line["type"]);
    expect(types.slice(0, 9)).toEqual([
      "version",
      ...Array.from({ length: 7 }, () => "planned_change"),
      "change_summary",
    ]);
    const planned = lines.flatMap((line) => (line["type"] === "planned_change" ? [line["change"]] : []));
    const changes = everything.changes.filter(({ action }) => action !== "no-op");
    expect(planned).toMatchObject(changes.map(({ because }) => ({ because })));
    expect(types.filter((type) => type === "apply_start")).toHaveLength(7);
    expect(types.filter((type) => type === "apply_complete")).toHaveLength(1);
    expect(types.filter((type) => type === "apply_errored")).toHaveLength(6);
    expect(types.filter((type) => type === "diagnostic")).toHaveLength(7);
    expect(lines.at(-1)).toMatchObject({
      type: "change_summary",
      changes: {
        done: 1,
        failed: 1,
        recovered: 1,
        not_taken: 1,
        uncertain: 1,
        skipped: 1,
        interrupted: 1,
        left_alone: 1,
        calls: 4,
      },
    });
  });
});

describe("an interrupted apply of many changes", () => {
  const creates = Array.from({ length: 500 }, (_, at) => {
    const done = { status: "done", id: `jid-${at}`, changedDuringRun: [] } as const;
    const left = { status: "interrupted", accepted: [], cutOff: false } as const;
    const change = { ...everything.changes[0]!, address: `rooms/r${at}`, action: "create" } as const;
    return [change.address, { change, result: at < 300 ? done : left }] as const;
  });
  const results = new Map<string, (typeof creates)[number][1]>(creates);
  const result = { results, interrupted: true, leftAlone: [], calls: 300, accepted: 300 };

  it("prints counts, not a line for each", () => {
    const text = renderApplyResult(result, { style, width: 80, people: {} });
    expect(text.split("\n").length).toBeLessThan(20);
    expect(text).toContain("Created by this run: 300 objects, listed above with their ids");
    expect(text).toMatch(/190\s+more/);
  });

  it("prints no line for a change that did not start, and no line of JSON", () => {
    const { texts, output } = recorder(false);
    const now = () => new Date("2026-07-01T08:00:00Z");
    const plan = { ...everything, changes: [] };
    const json = new ApplyJson({ output, now, plan });
    const text = new ApplyText({ output, now: () => 0, style, people: {} });
    const planned = texts.length;
    for (const { change, result: ending } of results.values()) {
      if (ending.status === "done") continue;
      for (const view of [json, text]) view.onEvent({ type: "change-ended", change, result: ending });
    }
    expect(texts.slice(planned)).toEqual([]);
    json.finish(result);
    expect(JSON.parse(texts.at(-1) ?? "")).toMatchObject({
      changes: { done: 300, interrupted: 200, not_started: 200 },
    });
  });

  it("counts in reports the changes that did not start, and names the first of them", () => {
    const report = applyReport({ ...everything, uncertain: [] }, result);
    const markdown = reportMarkdown(report);
    expect(markdown).toContain("> **Not started: 200 changes:**");
    expect(markdown).toContain("> - `rooms/r300`\n");
    expect(markdown).toContain("> - and 150 more");
    expect(markdown).not.toContain("rooms/r499");
    expect(reportHtml(report).match(/<article/g)).toHaveLength(300);
  });

  it("names each created object in a report", () => {
    const text = renderApplyResult(result, { style, width: 80, people: {}, full: true });
    expect(text).toContain("rooms/r299 jid-299");
  });
});
