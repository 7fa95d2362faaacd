import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { StatusLine } from "../../../../src/cli/output/status-line.js";

let written = "";
let now = 0;

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
  status.show("Waiting for a response");
  expect(written).toBe("");
  now = 1000;
  status.show("Waiting for a response, 1 s so far");
  expect(written).toBe("\r\u001b[KWaiting for a response, 1 s …");
  status.beforeOutput();
  expect(written).toBe("\r\u001b[KWaiting for a response, 1 s …\r\u001b[K");
  written = "";
  now = 1999;
  status.show("Waiting for a response");
  status.clear();
  expect(written).toBe("");
});

test("control characters of a server's name are shown escaped", () => {
  const status = openTerminal();
  now = 5000;
  status.show("a\u001b[2J");
  expect(written).toBe("\r\u001b[Ka\\u{1b}[2J");
});
