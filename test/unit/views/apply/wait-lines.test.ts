import { beforeEach, expect, test } from "vitest";
import type { Wait } from "../../../../src/core/time/wait.js";
import type { ShownWait } from "../../../../src/views/apply/wait-lines.js";
import { WaitLines } from "../../../../src/views/apply/wait-lines.js";

let written: string;
let now: number;
let wait: Wait | undefined;
let lines: WaitLines;

beforeEach(() => {
  written = "";
  now = Date.parse("2026-07-01T08:00:00Z");
  wait = undefined;
  const output = { write: (text: string) => (written += text) };
  lines = new WaitLines({ output, now: () => now, waiting: () => wait });
});

/** Half-second looks at a silence that goes on for so long, or at a wait that ends after so long. */
function pass(ms: number, then: (elapsedMs: number) => Wait | undefined): void {
  for (let elapsed = 0; elapsed <= ms; elapsed += 500) {
    wait = then(elapsed);
    lines.tick();
    now += 500;
  }
}

const response = (sinceMs: number, isFirst: boolean): Wait => ({
  what: "a response from https://api.example.com",
  sinceMs,
  isFirst,
});

test("a missing first response is shown within two seconds, then twice a minute", () => {
  pass(1_000, (ms) => response(ms, true));
  expect(written).toBe("");
  pass(2_000, (ms) => response(ms, true));
  expect(written).toBe("Waiting for a response from https://api.example.com, 2 s so far.\n");
  pass(35_000, (ms) => response(2_500 + ms, true));
  expect(written.split("\n")).toHaveLength(3);
});

test("a service that has responded before is given more time", () => {
  pass(9_000, (ms) => response(ms, false));
  expect(written).toBe("");
  pass(2_000, (ms) => response(9_500 + ms, false));
  expect(written).toMatch(/^Waiting for a response from \S+, 10 s so far\.\n$/);
});

test("a stall of this process is not shown as a silent service", () => {
  wait = response(30_000, true);
  lines.tick();
  expect(written).toBe("");
});

test("a wait with an end is shown once with its end, and again if it becomes longer", () => {
  const until = (leftMs: number): Wait => ({ what: "the rate limit", sinceMs: 0, leftMs, isFirst: false });
  pass(10_000, (ms) => until(42_000 - ms));
  expect(written).toBe("Waiting for the rate limit, 42 s, until 08:00:42 UTC.\n");
  pass(500, () => until(600_000));
  expect(written.split("\n")[1]).toBe("Waiting for the rate limit, 10 min, until 08:10:10 UTC.");
});

test("short waits are not shown", () => {
  pass(2_000, (ms) => ({ what: "another try", sinceMs: ms, leftMs: 2_000 - ms, isFirst: false }));
  expect(written).toBe("");
});

test("control characters are escaped, and a progress line is removed first", () => {
  const output = { write: (text: string) => (written += text), isTTY: true };
  new WaitLines({ output, now: () => now, waiting: () => undefined }).interrupted({
    ...response(0, true),
    what: "a\u001b[2J",
  });
  expect(written).toBe("\r\u001b[KInterrupted while waiting for a\\u{1b}[2J.\n");
});

test("on a terminal, lines are broken between words", () => {
  const output = { write: (text: string) => (written += text), isTTY: true, columns: 60 };
  new WaitLines({ output, now: () => now, waiting: () => undefined }).stopping(response(0, true));
  expect(written).toBe(
    "\r\u001b[KStill waiting for a response from https://api.example.com;\npress Ctrl-C again to stop now.\n",
  );
});

test("on a terminal, the last line shows each wait while it lasts", () => {
  const shown: string[] = [];
  const status = {
    show: ({ text, inProgress = "" }: ShownWait) => shown.push(text, inProgress),
    end: () => shown.push(""),
  };
  const output = { write: (text: string) => (written += text), isTTY: true };
  lines = new WaitLines({ output, now: () => now, waiting: () => wait, status });
  pass(500, (ms) => response(ms + 999.5, false));
  pass(500, (ms) => response(ms + 4_000, false));
  pass(0, () => ({ what: "the rate limit", sinceMs: 0, leftMs: 42_000, isFirst: false }));
  pass(0, () => undefined);
  expect(shown).toEqual([
    "Waiting for a response from https://api.example.com, 1 s so far",
    "",
    "Waiting for a response from https://api.example.com, 1 s so far",
    "",
    "Waiting for a response from https://api.example.com, 4 s so far",
    "waiting 4 s for a response from https://api.example.com",
    "Waiting for a response from https://api.example.com, 5 s so far",
    "waiting 5 s for a response from https://api.example.com",
    "Waiting for the rate limit, 42 s left",
    "waiting 42 s more for the rate limit",
    "",
  ]);
  expect(written).toBe("");
});
