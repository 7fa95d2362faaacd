import { expect, describe, it } from "vitest";
import type { Findings } from "../../../../src/core/drift/audit.js";
import { toLeftList } from "../../../../src/core/drift/left.js";
import { compared, difference } from "./compared-sample.js";

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
