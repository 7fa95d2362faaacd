import { describe, expect, it } from "vitest";
import { emptySettingsProblems } from "../../../../src/core/people/empty-sources.js";
import type { ListEntries } from "../../../../src/core/people/people-lists.js";
import type { PlannerContext } from "../../../../src/core/plan/planner-input.js";

const entry = "userSettings/agents";
const from = (source: string) => ({ entry, source });

/** Plans for sam, whom the queue Sales gives first, after bob of the team Night left. */
function codes(entries: ListEntries): readonly string[] {
  const declaration = {
    entry,
    kind: "users/*/settings",
    members: [
      { $ref: "queue:Sales", field: "members" },
      { $ref: "team:Night", field: "members" },
    ],
    except: [],
    attributes: {},
    pointer: "",
  };
  const context = {
    options: {},
    shared: [{ declaration, entries }],
    resources: [{ from: from("queue:Sales") }],
    orphans: [
      { address: "users/bob@example.com/settings", recorded: { id: "bob", from: from("team:Night") } },
    ],
  } as unknown as PlannerContext;
  return emptySettingsProblems(context).map(({ code, reference }) => `${code} ${reference ?? ""}`);
}

describe("emptySettingsProblems", () => {
  it("passes a source that still gives a user whom an earlier source gives too", () => {
    expect(codes({ "queue:Sales": ["sam"], "team:Night": ["sam"] })).toEqual([]);
  });

  it("contains a source that gives nobody", () => {
    expect(codes({ "queue:Sales": ["sam"], "team:Night": [] })).toEqual(["empty-source team:Night"]);
  });

  it("passes a source that the config no longer has", () => {
    expect(codes({ "queue:Sales": ["sam"] })).toEqual([]);
  });
});
