import { describe, expect, it } from "vitest";
import type { Audit } from "../../../../src/core/drift/audit.js";
import {
  auditContent,
  issueMarker,
  markerText,
  readMarker,
  withMarker,
} from "../../../../src/views/notifications/issue-marker.js";
import {
  againComment,
  changeComment,
  goneComment,
  issueText,
  issueTitle,
} from "../../../../src/views/notifications/issue-text.js";
import { driftReport } from "../../../../src/views/reports/build-report.js";
import { withOrigin } from "../../../../src/views/reports/report-origin.js";
import { actingText, renderMarkdown } from "../../../helpers/markdown.js";
import { everything, hostile, planWith, sampleAudit } from "../samples.js";

const runUrl = "https://github.example/acme/chat/actions/runs/1";

/** Texts that act in issues of GitHub or GitLab. */
const acting = [
  "@acme/team @everyone #1 acme/chat#2 GH-3 !4 ~bug %5 $6 &7",
  "0123456789abcdef0123456789abcdef01234567 :tada: a@example.com www.evil.example https://evil.example",
  "/close\n/label ~bug\n\n/assign @jane",
  "--> <!-- chatform-drift v1 e30= --> <img src=https://evil.example/pixel.png>",
  "````\n```\n~~~\n</pre></code></details>",
];

/** An audit in which every text that others may have written is `text`. */
function auditWith(text: string): Audit {
  const plan = planWith(text);
  const [one] = plan.changes;
  const address = one?.address ?? "";
  const drift = {
    ...{ address, kind: "rooms/*", class: "drift" as const, because: [] },
    ...{
      before: { subject: "Lobby" },
      after: { subject: text, description: text },
      paths: ["/subject", "/description"],
    },
  };
  const left = { address, reason: "unread", paths: [], text } as const;
  return sampleAudit(plan, { drift: [drift], left: [left] });
}

describe("an issue about drift", () => {
  it.each([...hostile, ...acting])("shows %j as text", (text) => {
    const audit = auditWith(text);
    const marker = issueMarker("key", audit);
    const old = { ...marker, entries: {} };
    const texts = [
      `${markerText(marker)}\n${issueText(driftReport(audit), 100)}`,
      changeComment(old, marker, audit, {}) ?? "",
      changeComment(marker, old, audit, {}) ?? "",
      againComment(marker, audit, {}),
      goneComment(audit, { repaired: { addresses: ["rooms/lobby"], removedPeople: 1, left: [] } }),
    ];
    for (const body of texts) {
      const html = renderMarkdown(body);
      expect(html).not.toMatch(
        /<(?!\/?(?:h2|p|pre|code|details|summary|ul|li|blockquote|strong|br)\b|!-- chatform)/,
      );
      expect(actingText(html)).not.toMatch(
        /[@#~$]\w|!\d|&(?!quot|amp|lt|gt|#)|GH-\d|%\w|:\w+:|:\/\/|www\.|[0-9a-f]{40}/,
      );
      // Quick actions of GitLab stand at the start of a line, outside code.
      expect(body.replaceAll(/^(`{3,})diff\n[\s\S]*?\n\1$/gm, "")).not.toMatch(/^\//m);
    }
    expect(readMarker(texts[0] ?? "")).toEqual(marker);
  });

  it("names the environment in its title, and the run in its text", () => {
    const audit = sampleAudit(everything);
    expect(issueTitle({ org: { ...audit.org, environment: "prod" } })).toBe("Drift in prod (chatform)");
    const origin = { made: "2026-01-02T03:04:05Z", config: ["chatform.yaml"], run: runUrl };
    const text = issueText(withOrigin(driftReport(audit), origin), 0);
    expect(text).toContain(`\nConfig: chatform.yaml  \nMade: \`${origin.made}\` by chatform`);
    expect(text).toContain(`\nRun: <${runUrl}>\n`);
  });
});

describe("the marker of an issue", () => {
  const audit = sampleAudit(everything);
  const marker = issueMarker("key", audit);

  it("is read back, and replaced at its place", () => {
    const body = `${markerText(marker)}\ntext $& ${markerText(marker)}`;
    const closed = { ...marker, isOpen: false };
    expect(readMarker(withMarker(body, closed))).toEqual(closed);
    expect(withMarker(body, closed)).toContain(`\ntext $& ${markerText(marker)}`);
  });

  it.each(["", "text", "<!-- chatform-drift v1 e30= -->", "<!-- chatform-drift v1 AAAA -->"])(
    "is not found in %j",
    (body) => {
      expect(readMarker(body)).toBeUndefined();
    },
  );

  it("has the same content for audits that differ only in the texts of errors", () => {
    const left = (text: string) => [{ address: "rooms/ops", reason: "unread" as const, paths: [], text }];
    const [one, other] = ["error 1", "error 2"].map((text) => ({ ...audit, left: left(text) }));
    expect(auditContent(one!)).toBe(auditContent(other!));
    expect(auditContent(one!)).not.toBe(auditContent(audit));
  });

  it("holds no secret", () => {
    const masked = issueMarker("key", audit, (text) => text.replace("lobby", "***"));
    expect(Object.keys(masked.entries ?? {})).toEqual(["rooms/***", "rooms/lost"]);
  });

  it("leaves out the entries of much drift", () => {
    const [one] = audit.drift;
    const drift = Array.from({ length: 1000 }, (_, at) => ({ ...one!, address: `rooms/r${at}` }));
    expect(issueMarker("key", { ...audit, drift }).entries).toBeUndefined();
  });
});
