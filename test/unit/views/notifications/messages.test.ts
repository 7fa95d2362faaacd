import { describe, expect, it } from "vitest";
import { slackMessage } from "../../../../src/views/notifications/slack-message.js";
import { teamsCard } from "../../../../src/views/notifications/teams-card.js";
import { hostile } from "../samples.js";

const runUrl = "https://github.example/acme/chat/actions/runs/1";
const message = { title: "chatform: prod", lines: ["Drift: 1 of 2.", "- rooms/lobby: subject"], runUrl };

/** Texts that act in channels. */
const acting = ["<!channel> & <@U012> <https://evil.example|text>", "*bold* `code` :tada: www.evil.example"];

describe("a message to Slack", () => {
  it("has the lines in one block, and a link to the run", () => {
    expect(slackMessage(message)).toEqual({
      text: "chatform: prod: Drift: 1 of 2.",
      mrkdwn: false,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [
        {
          type: "section",
          text: {
            type: "plain_text",
            text: "chatform: prod\nDrift: 1 of 2.\n- rooms/lobby: subject",
            emoji: false,
          },
        },
        { type: "section", text: { type: "mrkdwn", text: `<${runUrl}|Open the run>` } },
      ],
    });
  });

  it.each([...hostile, ...acting])("shows %j as text", (text) => {
    const { blocks, text: fallback } = slackMessage({ title: "chatform", lines: [text, text] });
    expect(JSON.stringify([blocks, fallback])).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    expect(JSON.stringify(blocks)).not.toContain("mrkdwn");
  });

  it("stays below the limits, without cutting a character that is escaped", () => {
    const lines = Array.from({ length: 42 }, () => "&".repeat(400));
    const blocks = slackMessage({ title: "chatform", lines })["blocks"] as readonly {
      text: { text: string };
    }[];
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(Math.max(...blocks.map((one) => one.text.text.length))).toBeLessThanOrEqual(3000);
    const all = blocks.map((one) => one.text.text).join("\n");
    expect(all).toBe(["chatform", ...lines.map((line) => line.replaceAll("&", "&amp;"))].join("\n"));
  });
});

describe("a card for Teams", () => {
  it("is an Adaptive Card in a message, and links to the run", () => {
    const card = teamsCard(message);
    expect(card).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: { type: "AdaptiveCard", actions: [{ type: "Action.OpenUrl", url: runUrl }] },
        },
      ],
    });
    expect(runs(card)).toEqual(["chatform: prod", "Drift: 1 of 2.", "- rooms/lobby: subject"]);
  });

  it.each([...hostile, ...acting, "<at>Team</at> {{DATE(2026-01-01)}} ${secret} @{triggerBody()}"])(
    "shows %j as text: only runs without markdown hold it",
    (text) => {
      const card = teamsCard({ title: "chatform", lines: [text] });
      expect(JSON.stringify(card)).not.toMatch(/"TextBlock"|"FactSet"|<\/?at>|\{\{|[$@]\{/);
      expect(runs(card)).toHaveLength(2);
    },
  );

  it("stays below 28 KB, and counts the lines that do not fit", () => {
    const lines = Array.from({ length: 42 }, () => "語".repeat(400));
    const card = teamsCard({ title: "chatform", lines });
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(28_000);
    expect(runs(card).at(-1)).toMatch(/^and \d+ more lines$/);
  });
});

function runs(card: object): readonly string[] {
  return [...JSON.stringify(card).matchAll(/"type":"TextRun","text":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  );
}
