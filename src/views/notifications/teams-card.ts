import type { JsonObject } from "../../core/json/json.js";
import { count } from "../text/terminal.js";
import type { Message } from "./slack-message.js";

/** The limit of a message to Teams, in bytes: 28 KB, with room to spare. Source: Microsoft's limits of webhooks and connectors. */
const maxBytes = 27_000;

/**
 * Returns an Adaptive Card for a webhook of Teams' workflows. Text stands in text runs, which know no markdown, links or mentions.
 * Lines that do not fit are counted.
 */
export function teamsCard(message: Message): JsonObject {
  for (let shown = message.lines.length; ; shown -= 1) {
    const card = cardWith(message, shown);
    if (shown <= 1 || Buffer.byteLength(JSON.stringify(card)) <= maxBytes) return card;
  }
}

function cardWith({ title, lines, runUrl }: Message, shown: number): JsonObject {
  const rest = lines.length - shown;
  const all = [...lines.slice(0, shown), ...(rest > 0 ? [`and ${count(rest, "more line")}`] : [])];
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.2",
    msteams: { width: "Full" },
    body: [
      textBlock(title, { weight: "Bolder" }),
      ...all.map((line, at) => textBlock(line, at === 0 ? {} : { spacing: "Small" })),
    ],
    ...(runUrl === undefined
      ? {}
      : { actions: [{ type: "Action.OpenUrl", title: "Open the run", url: runUrl }] }),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

function textBlock(
  line: string,
  { spacing, ...style }: { readonly weight?: string; readonly spacing?: string },
): JsonObject {
  return {
    type: "RichTextBlock",
    ...(spacing === undefined ? {} : { spacing }),
    inlines: [{ type: "TextRun", text: inert(line), ...style }],
  };
}

/** Returns text without what a card or the workflow that posts it fills in: `{{DATE(...)}}`, `${...}`, `<at>`. */
function inert(text: string): string {
  return text.replaceAll(/\{(?=\{)|[$@](?=\{)|<(?=\/?at>)/gi, "$& ");
}
