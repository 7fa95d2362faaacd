import { describe, expect, it } from "vitest";
import type { ResourceFinding } from "../../../../src/views/plan/listed-findings.js";
import { findingLines, listFindings } from "../../../../src/views/plan/listed-findings.js";
import { renderPlan } from "../../../../src/views/plan/plan-text.js";
import { planReport } from "../../../../src/views/reports/build-report.js";
import { plainLine } from "../../../../src/views/text/line.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { sampleChange, samplePlan } from "../samples.js";

const inactive = (line: number, rest: Partial<ResourceFinding> = {}): ResourceFinding => ({
  ...{ code: "inactive-participant", severity: "warning", text: `user ${line} is in the room.` },
  ...{ address: "rooms/lobby", place: { file: "chatform.yaml", line, column: 7 } },
  ...rest,
});

function shown(findings: readonly ResourceFinding[], full = false, width = 80): readonly string[] {
  return listFindings(findings).flatMap((list) => findingLines(list, { width, full }).map(plainLine));
}

describe("listed findings", () => {
  it("are one list for each code, with a line for each place", () => {
    const text = "mobile.notifications.when comes from userSettings/a. userSettings/b has Always.";
    const address = "users/jane@x.com/settings";
    const conflict = { ...inactive(9), address, code: "settings-conflict", severity: "note", text } as const;
    expect(shown([conflict, inactive(140), inactive(12)])).toEqual([
      "Warning: Departed users in rooms (inactive-participant)",
      "  chatform.yaml:12:7   user 12 is in the room.",
      "  chatform.yaml:140:7  user 140 is in the room.",
      "Note: Different settings for one user (settings-conflict)",
      "  chatform.yaml:9:7  mobile.notifications.when comes from userSettings/a.",
      "                     userSettings/b has Always. (jane@x.com)",
      "  help: The entry that stands first in the config counts. Name the users in",
      "  except of the entry that must not count: except: [jane@x.com]",
    ]);
  });

  it("stand in the order of files, lines and columns", () => {
    const at = (file: string, line: number, column: number): ResourceFinding =>
      inactive(line, { place: { file, line, column } });
    const { place: _place, ...unplaced } = inactive(1, { address: "rooms/a" });
    const found = [
      unplaced,
      at("b.yaml", 1, 1),
      at("a.yaml", 10, 2),
      at("a.yaml", 10, 1),
      at("a.yaml", 9, 5),
    ];
    const places = listFindings(found).flatMap(({ entries }) => entries.map((entry) => entry.at));
    expect(places).toEqual(["a.yaml:9:5", "a.yaml:10:1", "a.yaml:10:2", "b.yaml:1:1", "rooms/a"]);
  });

  it("name the users of a settings conflict, and count many", () => {
    const conflicts = (count: number): readonly ResourceFinding[] =>
      Array.from({ length: count }, (_none, at) =>
        inactive(9, {
          code: "settings-conflict",
          text: "Two values.",
          address: `users/u${at}@x.com/settings`,
        }),
      );
    expect(shown(conflicts(2))[1]).toBe("  chatform.yaml:9:7  Two values. (u0@x.com, u1@x.com)");
    expect(shown(conflicts(400))[1]).toBe("  chatform.yaml:9:7  Two values. (400 users)");
  });

  it("do not repeat the user of a settings conflict where the text names the user", () => {
    const text = "userSettings/b (u0@x.com) has Always, which does not count.";
    const conflict = inactive(9, { code: "settings-conflict", text, address: "users/u0@x.com/settings" });
    expect(shown([conflict], true)[1]).toBe(`  chatform.yaml:9:7  ${text}`);
  });

  it("are folded in long lists", () => {
    const many = Array.from({ length: 30 }, (_none, at) => inactive(at));
    expect(shown(many)).toHaveLength(11);
    expect(shown(many).at(-1)).toBe("  … and 21 more (--full shows all)");
    expect(shown(many, true)).toHaveLength(31);
  });

  it("are one entry where an alias repeats one place, and name the resource without a place", () => {
    const alias = ["rooms/a", "rooms/b"].map((address) => inactive(12, { address }));
    const { place: _place, ...unplaced } = inactive(1);
    expect(shown([...alias, unplaced]).slice(1)).toEqual([
      "  chatform.yaml:12:7  user 12 is in the room. (in 2 resources)",
      "  rooms/lobby         user 1 is in the room.",
    ]);
  });

  it("stand above their text where places are long", () => {
    const file = "chat/rooms/north-america/contact-centre.yaml";
    expect(shown([inactive(1, { place: { file, line: 1, column: 7 } })]).slice(1)).toEqual([
      `  ${file}:1:7`,
      "      user 1 is in the room.",
    ]);
  });

  it("show for resources that do not change, in text and reports", () => {
    const plan = samplePlan([
      sampleChange({ address: "rooms/lobby", action: "no-op", remarks: [inactive(12)] }),
    ]);
    const text = renderPlan(plan, { style: styles(false), width: 80, full: false });
    expect(text).toContain("  chatform.yaml:12:7  user 12 is in the room.\n\nNo changes.");
    expect(text).not.toContain("does not change");
    const report = planReport(plan, []);
    expect(report.items).toEqual([]);
    expect(report.findings).toMatchObject([{ entries: [{ at: "chatform.yaml:12:7" }] }]);
  });
});
