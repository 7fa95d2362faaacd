import { describe, expect, it } from "vitest";
import { notificationText, webhookBody } from "../../../../src/views/notifications/notification.js";
import { sampleAudit, everything, hostile, planWith } from "../samples.js";

const facts = { at: new Date("2026-01-31T03:00:00Z"), previous: "in-sync" } as const;

describe("a notification", () => {
  it("names what drifted, and not its values", () => {
    expect(notificationText(sampleAudit(everything))).toBe(
      [
        "Drift: 2 of 8 resources changed outside chatform (1 person added).",
        "- rooms/lobby: description, participants (1 person added)",
        "- rooms/lost: no longer exists",
      ].join("\n"),
    );
  });

  it("names a limited number of resources, and counts the rest", () => {
    const [one] = everything.drift;
    const drift = Array.from({ length: 500 }, (_, number) => ({ ...one!, address: `rooms/r${number}` }));
    const text = notificationText(sampleAudit(everything, { drift }));
    expect(text.split("\n")).toHaveLength(22);
    expect(text).toMatch(/\n- and 480 more$/);
    expect(webhookBody(sampleAudit(everything, { drift }), facts)["drift"]).toHaveLength(500);
  });

  it.each(hostile)("escapes hostile text: %j", (text) => {
    const plan = planWith(text);
    const [one] = plan.changes;
    const drift = [
      {
        address: one?.address ?? "",
        kind: text,
        before: {},
        after: {},
        paths: [`/${text}`],
        because: [],
        class: "drift" as const,
      },
    ];
    const audit = sampleAudit(plan, { drift });
    expect(notificationText(audit)).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(webhookBody(audit, facts)["text"]).not.toMatch(/[<>]/);
  });
});
