import { describe, expect, it } from "vitest";
import { emptySettingsProblems } from "../../../../src/core/people/empty-sources.js";
import type { Diagnostic } from "../../../../src/core/diagnostic.js";
import type { ListEntries } from "../../../../src/core/people/people-lists.js";
import type { RecordedOrigin } from "../../../../src/core/people/shared-declaration.js";
import type { PlannerContext } from "../../../../src/core/plan/planner-input.js";

const entry = "userSettings/agents";
const from = (source: string, ...others: readonly string[]): RecordedOrigin => ({ entry, source, others });

/** Plans for sam, whom the queue Sales gives first, after bob, by default of the team Night, left. */
function findProblems(
  entries: ListEntries,
  bob = from("team:Night"),
  departed: PlannerContext["departed"] = new Map(),
): readonly Diagnostic[] {
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
    departed,
    orphans: [{ address: "users/bob@example.com/settings", recorded: { id: "bob", from: bob } }],
  } as unknown as PlannerContext;
  return emptySettingsProblems(context);
}

function codes(...input: Parameters<typeof findProblems>): readonly string[] {
  return findProblems(...input).map(({ code, reference }) => `${code} ${reference ?? ""}`);
}

describe("emptySettingsProblems", () => {
  it("passes a source that still gives a user whom an earlier source gives too", () => {
    expect(codes({ "queue:Sales": ["sam"], "team:Night": ["sam"] })).toEqual([]);
  });

  it("contains a source that gives nobody", () => {
    const entries = { "queue:Sales": ["sam"], "team:Night": [] };
    expect(codes(entries)).toEqual(["empty-source team:Night"]);
    expect(codes(entries, from("queue:Sales", "team:Night"))).toEqual(["empty-source team:Night"]);
  });

  it("passes a source whose last member departed", () => {
    const departed = new Map([["bob", { state: "inactive" as const }]]);
    expect(codes({ "queue:Sales": ["sam"], "team:Night": [] }, from("team:Night"), departed)).toEqual([]);
  });

  it("shows the command that allows a source, quoted for a shell", () => {
    const [problem] = findProblems({ "team:Night Shift": [] }, from("team:Night Shift"));
    expect(problem?.help).toContain(": chatform apply --allow-empty-source 'team:Night Shift'");
  });

  it("passes a source that the config no longer has", () => {
    expect(codes({ "queue:Sales": ["sam"] })).toEqual([]);
  });
});
