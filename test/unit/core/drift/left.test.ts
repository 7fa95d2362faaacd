import { expect, describe, it } from "vitest";
import type { Findings } from "../../../../src/core/drift/audit.js";
import type { Compared } from "../../../../src/core/drift/compared.js";
import { toLeftList } from "../../../../src/core/drift/left.js";
import type { ExplainedDifference } from "../../../../src/core/drift/why.js";
import type { Kind } from "../../../../src/core/kind/kind.js";
import { room } from "../../../../src/resources/rooms/room.js";

const kind = room as unknown as Kind;

const difference = (path: string, rest: Partial<ExplainedDifference> = {}): ExplainedDifference => ({
  path,
  class: "drift",
  extra: false,
  because: { path, reason: "changed-outside", text: "changed outside" },
  ...rest,
});

function compared(address: string, rest: Partial<Compared> = {}): Compared {
  const resource = { address, kind: "rooms/*", attributes: {}, pointer: "" };
  return {
    audited: {
      ...{ address, declared: resource, recorded: resource, reviewed: {}, from: undefined },
      lists: { then: {}, now: {} },
    },
    ...{
      kind,
      recorded: resource,
      live: {},
      differences: [],
      pending: [],
      emptied: [],
      findings: [],
      ...rest,
    },
  };
}

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
    const left = toLeftList(findings, {
      ...{ pending: ["rooms/e", "rooms/f"], removed: ["rooms/g"], uncertain: ["rooms/f"] },
      unknown: new Set(),
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
    const unknown = new Set(["user:nobody@x.com"]);
    expect(toLeftList(findings, { pending: [], removed: [], uncertain: [], unknown })).toEqual([
      {
        ...{ address: "rooms/a", reason: "unknown", paths: ["/participants"] },
        text: "nobody@x.com in participants is unknown or ambiguous in Genesys Cloud",
      },
    ]);
  });
});
