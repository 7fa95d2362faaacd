import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { StatusLine } from "../../../../src/cli/output/status-line.js";

let written = "";
let now = 0;

const owner = {};

function openTerminal(): StatusLine {
  [written, now] = ["", 0];
  const terminal = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  return new StatusLine(Object.assign(terminal, { isTTY: true, columns: 30 }), () => now);
}

test("a silent command shows what it waits for, and removes the line before other output", () => {
  const status = openTerminal();
  now = 999;
  status.show({ text: "Waiting for a response", inProgress: undefined }, owner);
  expect(written).toBe("");
  now = 1000;
  status.show({ text: "Waiting for a response, 1 s so far", inProgress: undefined }, owner);
  expect(written).toBe("\r\u001b[KWaiting for a response, 1 s …");
  status.beforeOutput();
  expect(written).toBe("\r\u001b[KWaiting for a response, 1 s …\r\u001b[K");
  written = "";
  now = 1999;
  status.show({ text: "Waiting for a response", inProgress: undefined }, owner);
  status.clear();
  expect(written).toBe("");
});

test("control characters of a server's name are shown escaped", () => {
  const status = openTerminal();
  now = 5000;
  status.show({ text: "a\u001b[2J", inProgress: undefined }, owner);
  expect(written).toBe("\r\u001b[Ka\\u{1b}[2J");
});

test("of two waits at once, the line shows the first until it ends", () => {
  const status = openTerminal();
  const other = {};
  now = 5000;
  status.show({ text: "the state", inProgress: "waiting 5 s for the state" }, owner);
  status.show({ text: "a response", inProgress: undefined }, other);
  status.end(other);
  expect(written).toBe("\r\u001b[Kthe state");
  expect(status.longWait()).toBe("waiting 5 s for the state");
  status.end(owner);
  status.show({ text: "a response", inProgress: undefined }, other);
  expect(written).toBe("\r\u001b[Kthe state\r\u001b[K\r\u001b[Ka response");
  expect(status.longWait()).toBeUndefined();
});
