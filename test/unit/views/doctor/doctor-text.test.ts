import { describe, expect, test } from "vitest";
import type { Check } from "../../../../src/core/doctor/check.js";
import { failed, passed, warned } from "../../../../src/core/doctor/check.js";
import { checksToJson } from "../../../../src/views/doctor/doctor-json.js";
import { checksReport } from "../../../../src/views/doctor/doctor-report.js";
import { renderChecks } from "../../../../src/views/doctor/doctor-text.js";
import { reportJunit } from "../../../../src/views/reports/report-junit.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { hostile } from "../samples.js";

const all: readonly Check[] = [
  passed("connection", "api.mypurecloud.de responds in 84 ms."),
  failed("permissions-apply", "missing-permissions", {
    text: "Missing: chat:chat:access or chat:room:add, for postChatsRooms of rooms/a.\nMissing: chat:setting:edit, for patchChatsSettings of settings.",
    help: "Add one permission of each line to a role of these credentials.",
  }),
  warned("lock", "state-locked", {
    text: "chatform.state.json is locked by jane@laptop (12) for apply since 2026-01-31T03:00:00.000Z.",
    help: "Wait for that run to end. If you are sure that it has ended: chatform state unlock 0f1e2d3c",
  }),
];
const render = (checks: readonly Check[], width = 80): string =>
  renderChecks(checks, { style: styles(false), width });

describe("checks", () => {
  test("are lines of 80 columns, with the next step below", () => {
    expect(render(all)).toBe(`ok      Connection  api.mypurecloud.de responds in 84 ms.
failure To apply    Missing: chat:chat:access or chat:room:add, for
                    postChatsRooms of rooms/a.
                    Missing: chat:setting:edit, for patchChatsSettings of
                    settings.
                    help: Add one permission of each line to a role of these
                    credentials.
warning Lock        chatform.state.json is locked by jane@laptop (12) for apply
                    since 2026-01-31T03:00:00.000Z.
                    help: Wait for that run to end. If you are sure that it has
                    ended: chatform state unlock 0f1e2d3c

1 failure and 1 warning.
`);
  });

  test("end with a line that counts them", () => {
    expect(render(all.slice(0, 1))).toMatch(/\n\nAll 1 check passed\.\n$/);
    expect(render(all.slice(2))).toMatch(/\n\n1 warning\.\n$/);
  });

  test("are counted as tests, where only failures fail", () => {
    const where = { declared: new Map(), toReportPath: (file: string) => file };
    expect(reportJunit(checksReport(all), where)).toContain('tests="3" failures="1" errors="0" skipped="0"');
    expect(checksReport(all.slice(2))).toMatchObject({ verdict: "attention", problems: [] });
    expect(checksToJson(all)).toMatchObject({ status: "failure", checks: [{ topic: "connection" }, {}, {}] });
  });

  test.each(hostile)("escape hostile text: %j", (text) => {
    const shown = render([warned("identity", "identity-untold", { text, help: text })]);
    // eslint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
  });
});
