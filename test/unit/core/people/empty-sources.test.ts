import { describe, expect, it } from "vitest";
import { emptySettingsProblems, findUnmatchedSources } from "../../../../src/core/people/empty-sources.js";
import { sourceRef } from "../../../../src/core/calls/reference.js";
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
      { $ref: bob.source, field: "members" },
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

describe("findUnmatchedSources", () => {
  const [group, skills] = [sourceRef("group", "Support"), sourceRef("skillGroup", "Spanish", ["jane"])];
  const desk = { address: "rooms/desk", kind: "rooms/*", attributes: { participants: [group] }, pointer: "" };
  const block = { ...{ entry, kind: "users/*/settings", members: [skills] }, except: [], attributes: {} };
  const config = { resources: [desk], shared: [{ ...block, pointer: "" }] };
  const helps = (...allowed: readonly string[]): readonly (string | undefined)[] =>
    findUnmatchedSources(allowed, config).map(({ help }) => help);

  it("passes sources of lists and of userSettings, by reference or name", () => {
    expect(helps("group:Support", "Support", "skillGroup:Spanish", "Spanish")).toEqual([]);
  });

  it.each([
    ["Spansh", "Did you mean skillGroup:Spanish?"],
    ["group:Spanish", "Did you mean skillGroup:Spanish?"],
    ["support", "Did you mean group:Support?"],
    ["jane", "Give the source as the config names it: group:Support, or only Support."],
    ["", "Give the source as the config names it: group:Support, or only Support."],
  ])("contains %s", (name, help) => {
    expect(helps(name)).toEqual([help]);
  });
});
