import { expect, describe, it } from "vitest";
import type { Findings } from "../../../../src/core/drift/audit.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import type { DiagnosticCode } from "../../../../src/core/diagnostic-codes.js";
import type { LeftToPerson } from "../../../../src/core/drift/left.js";
import { toLeftList } from "../../../../src/core/drift/left.js";
import { takeSteps } from "../../../helpers/steps.js";
import { compared, difference } from "./compared-sample.js";

const none = { unknown: new Map<string, Diagnostic>(), shared: [], unread: [], prevented: [], people: {} };

const problem = (code: DiagnosticCode, address: string, help?: string): Diagnostic => ({
  ...{ severity: "error", code, summary: "Problem", detail: "It failed.", address },
  ...(help === undefined ? {} : { help }),
});

const toList = (...args: Parameters<typeof toLeftList>): readonly LeftToPerson[] =>
  takeSteps(toLeftList(...args));

describe("toLeftList", () => {
  it("lists everything that repair leaves to a person", () => {
    const findings: Findings = {
      compared: [
        compared("rooms/a", {
          differences: [difference("/subject", { left: "conflict" }), difference("/description")],
          pending: ["/owners", "/subject"],
        }),
        compared("rooms/b", { live: null }),
        compared("rooms/c", {
          differences: [difference("/participants", { left: "emptied" })],
          emptied: ["group:Support"],
        }),
        compared("rooms/d"),
      ],
      members: [],
    };
    const left = toList(findings, {
      ...{ pending: ["rooms/e", "rooms/f"], removed: ["rooms/g"], uncertain: ["rooms/f"] },
      ...none,
    });
    expect(left.map(({ address, reason, text }) => `${address} ${reason}: ${text}`)).toEqual([
      "rooms/a conflict: subject changed outside, and in the config too",
      "rooms/a pending: owners and subject changed in the config",
      "rooms/b missing: no longer exists",
      "rooms/c emptied: the group Support has no active members now; participants stay unchanged",
      "rooms/e pending: not applied yet",
      "rooms/f uncertain: the create is uncertain",
      "rooms/g pending: no longer in the config",
    ]);
  });

  it("names only the unknown people and sources of a list", () => {
    const except = [{ $ref: "user:nobody@x.com", field: "id" }];
    const participants = [{ $ref: "group:Support", field: "members", except }, "u1"];
    const one = compared("rooms/a");
    const declared = { ...one.audited.declared, attributes: { participants } };
    const findings = { compared: [{ ...one, audited: { ...one.audited, declared } }], members: [] };
    const unknown = new Map([["user:nobody@x.com", problem("unknown-user", "rooms/a")]]);
    expect(toList(findings, { pending: [], removed: [], uncertain: [], ...none, unknown })).toEqual([
      {
        ...{ address: "rooms/a", reason: "unknown", paths: ["/participants"] },
        reference: "user:nobody@x.com",
        text: "nobody@x.com in participants is unknown or ambiguous in Genesys Cloud",
      },
    ]);
  });

  it("names the lists and blocks of which a source could not be read, with the step to take", () => {
    const participants = [{ $ref: "team:Night", field: "members" }];
    const one = compared("rooms/a");
    const declared = { ...one.audited.declared, attributes: { participants } };
    const findings = { compared: [{ ...one, audited: { ...one.audited, declared } }], members: [] };
    const unknown = new Map([["team:Night", problem("unreadable-source", "", "Ask for the permission.")]]);
    const shared = {
      declaration: {
        ...{ entry: "userSettings/agents", kind: "users/*/settings", attributes: {}, pointer: "" },
        ...{ members: participants, except: [] },
      },
      entries: {},
    };
    const scope = { pending: [], removed: [], uncertain: [], ...none, unknown, shared: [shared] };
    const parts = {
      ...{ reason: "unknown", code: "unreadable-source", help: "Ask for the permission." },
      reference: "team:Night",
    };
    expect(toList(findings, scope)).toEqual([
      {
        ...{ ...parts, address: "rooms/a", paths: ["/participants"] },
        text: "team Night in participants could not be read. It failed.",
      },
      {
        ...{ ...parts, address: "userSettings/agents", paths: [] },
        text: "team Night could not be read. It failed.",
      },
    ]);
  });

  it("names by e-mail a manager whom the config names by id", () => {
    const people = { m: "max@example.com" };
    const lost = { ...{ pending: [], removed: [], uncertain: [] }, ...none, people };
    const emptied = compared("rooms/a", {
      ...{ differences: [difference("/participants", { left: "emptied" })], emptied: ["reportsOf:m"] },
    });
    const unread = compared("rooms/b");
    const participants = [{ $ref: "reportsOf:m", field: "members" }];
    const declared = { ...unread.audited.declared, attributes: { participants } };
    const findings = {
      compared: [emptied, { ...unread, audited: { ...unread.audited, declared } }],
      members: [],
    };
    const unknown = new Map([["reportsOf:m", problem("unreadable-source", "")]]);
    expect(toList(findings, { ...lost, unknown }).map(({ text }) => text)).toEqual([
      "max@example.com has no active direct reports now; participants stay unchanged",
      "reports of max@example.com in participants could not be read. It failed.",
    ]);
  });

  it("names what a problem prevents from being restored", () => {
    const differences = [
      difference("/participants"),
      difference("/participants"),
      difference("/subject", { left: "conflict" }),
    ];
    const findings = { compared: [compared("rooms/a", { differences }), compared("rooms/b")], members: [] };
    const prevented = [problem("protected", "rooms/a", "Allow it.")];
    const left = toList(findings, { pending: [], removed: [], uncertain: [], ...none, prevented });
    expect(left.filter(({ reason }) => reason === "prevented")).toEqual([
      {
        ...{ address: "rooms/a", reason: "prevented", paths: ["/participants"] },
        ...{ code: "protected", help: "Allow it.", text: "participants left unchanged. It failed." },
      },
    ]);
  });
});
