import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planPlaces, withAuditPlaces, withPlanPlaces } from "../../../../src/cli/output/reason-places.js";
import { withPlaces } from "../../../../src/cli/output/source-locations.js";
import type { Loaded } from "../../../../src/config/load.js";
import { loadDesired } from "../../../../src/config/load.js";
import type { Because } from "../../../../src/core/plan/because.js";
import type { Change, Finding } from "../../../../src/core/plan/change.js";
import { placeText, reasonComment } from "../../../../src/views/text/reasons.js";
import { kinds } from "../../../../src/resources/index.js";
import { sampleAudit, sampleChange, samplePlan } from "../../views/samples.js";

const yaml = `version: 1
userSettings:
  agents:
    members: [{ group: Support }]
    settings: { mobile: { notifications: { when: Always } } }
users:
  jane@x.com:
    settings: { mobile: { notifications: { when: Always } } }
rooms:
  lobby:
    subject: Lobby
    owners: [sam@x.com]
    participants:
      - sam@x.com
      - { group: Support }
  other:
    subject: Other
    participants: [{ group: Support }]
`;

let folder: string;
let loaded: Loaded;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-places-"));
  await writeFile(join(folder, "a.yaml"), yaml);
  loaded = await loadDesired({ paths: ["a.yaml"], vars: [], varFiles: [], env: {}, cwd: folder, kinds });
  expect(loaded.diagnostics).toEqual([]);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const lines = (found: readonly { readonly place?: unknown }[]): readonly unknown[] =>
  found.map(({ place }) => place);
const at = (line: number, column: number) => ({ file: "a.yaml", line, column });

function getPlaces(
  address: string,
  because: readonly Because[],
  rest: Partial<Change> = {},
): readonly unknown[] {
  const plan = samplePlan([sampleChange({ address, action: "update", because, ...rest })]);
  return lines(withPlanPlaces(plan, planPlaces(loaded)).changes[0]?.because ?? []);
}

describe("the place of a reason", () => {
  it("is where the attribute's list names the entry", () => {
    const reason = { path: "/participants", user: "u1", text: "left group Support" };
    const left: Because = { ...reason, reason: "left-source", reference: "group:Support" };
    expect(getPlaces("rooms/lobby", [left])).toEqual([at(15, 18)]);
    expect(getPlaces("rooms/other", [left])).toEqual([at(18, 29)]);
  });

  it("is the attribute, else the resource", () => {
    const changed = { reason: "changed-in-config", text: "changed in the config" } as const;
    const outside: Because = { path: "/participants", user: "u9", reason: "added-outside", text: "added" };
    expect(getPlaces("rooms/lobby", [{ ...changed, path: "/subject" }, outside, changed])).toEqual([
      at(11, 5),
      at(13, 5),
      at(10, 3),
    ]);
  });

  it("is the entry for many users that gives a user's settings", () => {
    const joined: Because = {
      reason: "joined-source",
      text: "joined group Support",
      reference: "group:Support",
    };
    const from = { entry: "userSettings/agents", source: "group:Support" };
    const record = { applied: {}, from };
    expect(getPlaces("users/sam@x.com/settings", [joined], { record })).toEqual([at(4, 24)]);
    expect(getPlaces("users/sam@x.com/settings", [{ ...joined, reason: "left-source" }])).toEqual([
      at(4, 24),
    ]);
  });

  it("is missing for what no config declares", () => {
    expect(getPlaces("rooms/gone", [{ reason: "not-in-config", text: "no longer in the config" }])).toEqual([
      undefined,
    ]);
  });
});

describe("the place of a finding", () => {
  const finding: Finding = {
    code: "inactive-participant",
    severity: "warning",
    text: "T",
    reference: "user:sam@x.com",
  };

  it("is another one for each place that names the person", () => {
    const plan = samplePlan([
      sampleChange({ address: "rooms/lobby", action: "no-op", remarks: [finding, finding] }),
    ]);
    expect(lines(withPlanPlaces(plan, planPlaces(loaded)).changes[0]?.remarks ?? [])).toEqual([
      at(12, 14),
      at(14, 9),
    ]);
  });

  it("is the user's own block for their settings", () => {
    const remarks = [{ ...finding, reference: "user:jane@x.com" }];
    const plan = samplePlan([
      sampleChange({ address: "users/jane@x.com/settings", action: "no-op", remarks }),
    ]);
    expect(lines(withPlanPlaces(plan, planPlaces(loaded)).changes[0]?.remarks ?? [])).toEqual([at(7, 3)]);
  });

  it("is found in audits too, with those of drift", () => {
    const reason: Because = { path: "/subject", reason: "changed-outside", text: "changed outside" };
    const audit = sampleAudit(samplePlan([]), {
      findings: [{ ...finding, address: "rooms/lobby" }],
      drift: [
        {
          ...{ address: "rooms/lobby", kind: "rooms/*", class: "drift", before: {}, after: {} },
          ...{ paths: ["/subject"], because: [reason] },
        },
      ],
    });
    const placed = withAuditPlaces(audit, loaded);
    expect([lines(placed.findings), lines(placed.drift[0]?.because ?? [])]).toEqual([
      [at(12, 14)],
      [at(11, 5)],
    ]);
  });
});

describe("the place of a template's row", () => {
  const template = (line: number, column: number) => ({ file: "rows.yaml", line, column });
  const row = (line: number) => ({ file: "rooms.csv", line, column: 1 });
  let rows: Loaded;

  beforeAll(async () => {
    await writeFile(join(folder, "rooms.csv"), "name,owner\nnorth,sam@x.com\nsouth,sam@x.com\n");
    const room = ['"${each.name}":', "  forEach: rooms.csv", "  subject: S", '  owners: ["${each.owner}"]'];
    await writeFile(
      join(folder, "rows.yaml"),
      ["version: 1", "rooms:", ...room.map((one) => `  ${one}`)].join("\n"),
    );
    rows = await loadDesired({ paths: ["rows.yaml"], vars: [], varFiles: [], env: {}, cwd: folder, kinds });
    expect(rows.diagnostics).toEqual([]);
  });

  it("stands with that of the template, in plans and their texts", () => {
    const because: readonly Because[] = [
      { reason: "declared", text: "declared" },
      { reason: "declared", text: "declared", path: "/owners" },
    ];
    const plan = samplePlan([sampleChange({ address: "rooms/south", action: "create", because })]);
    const placed = withPlanPlaces(plan, planPlaces(rows)).changes[0]?.because ?? [];
    expect(lines(placed)).toEqual([
      { ...template(3, 3), row: row(3) },
      { ...template(6, 5), row: row(3) },
    ]);
    expect(reasonComment(placed[0])).toEqual(["dim", "# rows.yaml:3, rooms.csv:3"]);
    const far = { file: "/repo/chat/teams/rooms.csv", line: 3, column: 1 };
    expect(placeText({ file: "/repo/chat/a.yaml", line: 1, column: 1, row: far })).toBe(
      "/repo/chat/a.yaml:1, teams/rooms.csv:3",
    );
    expect(placeText({ file: "/repo/other/a.yaml", line: 1, column: 1, row: far })).toBe(
      `/repo/other/a.yaml:1, ${far.file}:3`,
    );
  });

  it("stands with a problem of a user whom several rows name", () => {
    const problem = {
      severity: "error",
      code: "unknown-user",
      summary: "S",
      reference: "user:sam@x.com",
    } as const;
    const [placed] = withPlaces([problem], rows);
    const found = [placed, ...(placed?.related ?? [])].map((one) => [
      one?.range?.file,
      one?.range?.start.line,
    ]);
    expect(found).toEqual([
      ["rows.yaml", 6],
      ["rooms.csv", 2],
      ["rooms.csv", 3],
    ]);
  });
});
