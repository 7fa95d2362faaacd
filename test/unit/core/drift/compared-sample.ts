import type { Compared } from "../../../../src/core/drift/compared.js";
import type { ExplainedDifference } from "../../../../src/core/drift/why.js";
import type { Kind } from "../../../../src/core/kind/kind.js";
import { room } from "../../../../src/resources/rooms/room.js";

const kind = room as unknown as Kind;

/** Returns a difference of an attribute that somebody changed. */
export const difference = (path: string, rest: Partial<ExplainedDifference> = {}): ExplainedDifference => ({
  path,
  class: "drift",
  extra: false,
  because: { path, reason: "changed-outside", text: "changed outside" },
  ...rest,
});

/** Returns a room that was compared. */
export function compared(address: string, rest: Partial<Compared> = {}): Compared {
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
