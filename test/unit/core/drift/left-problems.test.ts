import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import type { DiagnosticCode } from "../../../../src/core/diagnostic-codes.js";
import { toUnread } from "../../../../src/core/drift/left-problems.js";

const problem = (code: DiagnosticCode, address: string, help?: string): Diagnostic => ({
  ...{ severity: "error", code, summary: "Problem", detail: "It failed.", address },
  ...(help === undefined ? {} : { help }),
});

describe("toUnread", () => {
  it("returns the resources that could not be read, and the audited ones that depend on them", () => {
    const message = (name: string) => ({
      ...{ address: `rooms/a/messages/${name}`, kind: "rooms/*/messages/*", attributes: {}, pointer: "" },
      container: { $ref: "rooms/a", field: "jid" } as const,
    });
    const problems = new Map([["rooms/a", problem("read-failed", "rooms/a", "Ask for it.")]]);
    const audited = new Set(["rooms/a", "rooms/a/messages/old", "rooms/b"]);
    expect(toUnread(problems, [message("old"), message("new")], audited)).toEqual([
      {
        ...{ address: "rooms/a", reason: "unread", paths: [], code: "read-failed", help: "Ask for it." },
        text: "could not be read. It failed.",
      },
      {
        ...{ address: "rooms/a/messages/old", reason: "unread", paths: [], code: "read-failed" },
        help: "Ask for it.",
        text: "depends on rooms/a, which could not be read",
      },
    ]);
  });
});
