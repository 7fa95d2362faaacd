import { describe, expect, it } from "vitest";
import { emptySettingsProblems } from "../../../../src/core/people/empty-sources.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import type { ListEntries } from "../../../../src/core/people/people-lists.js";
import type { PlannerContext } from "../../../../src/core/plan/planner-input.js";

const entry = "userSettings/agents";
const from = (source: string) => ({ entry, source });

/** Plans for sam, whom the queue Sales gives first, after bob of a team left. */
function findProblems(entries: ListEntries, team = "team:Night"): readonly Diagnostic[] {
  const declaration = {
    entry,
    kind: "users/*/settings",
    members: [
      { $ref: "queue:Sales", field: "members" },
      { $ref: team, field: "members" },
    ],
    except: [],
    attributes: {},
    pointer: "",
  };
  const context = {
    options: {},
    shared: [{ declaration, entries }],
    resources: [{ from: from("queue:Sales") }],
    orphans: [{ address: "users/bob@example.com/settings", recorded: { id: "bob", from: from(team) } }],
  } as unknown as PlannerContext;
  return emptySettingsProblems(context);
}

function codes(entries: ListEntries): readonly string[] {
  return findProblems(entries).map(({ code, reference }) => `${code} ${reference ?? ""}`);
}

describe("emptySettingsProblems", () => {
  it("passes a source that still gives a user whom an earlier source gives too", () => {
    expect(codes({ "queue:Sales": ["sam"], "team:Night": ["sam"] })).toEqual([]);
  });

  it("contains a source that gives nobody", () => {
    expect(codes({ "queue:Sales": ["sam"], "team:Night": [] })).toEqual(["empty-source team:Night"]);
  });

  it("shows the command that allows a source, quoted for a shell", () => {
    const [problem] = findProblems({ "team:Night Shift": [] }, "team:Night Shift");
    expect(problem?.help).toContain(": chatform apply --allow-empty-source 'team:Night Shift'");
  });

  it("passes a source that the config no longer has", () => {
    expect(codes({ "queue:Sales": ["sam"] })).toEqual([]);
  });
});
