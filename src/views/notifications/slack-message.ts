import type { JsonObject } from "../../core/json/json.js";
import { escapeForSlack } from "./notification.js";

/** Limits of Slack's blocks: characters of a text. Source: Slack's reference of the section block. */
const maxText = 3000;

/** A notification as lines, without values; the first is the headline. */
export interface Message {
  /** `chatform: prod` */
  readonly title: string;
  readonly lines: readonly string[];
  /** The address of the CI system's run. */
  readonly runUrl?: string | undefined;
}

/**
 * Returns a message for an incoming webhook of Slack. Texts are plain and escaped: `<!channel>`, links, emoji and markup in them are
 * shown as written.
 */
export function slackMessage({ title, lines, runUrl }: Message): JsonObject {
  const texts = packed([title, ...lines].map(escapeForSlack));
  return {
    // Shown in the notification of a phone.
    text: escapeForSlack(`${title}: ${lines[0] ?? ""}`),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      ...texts.map((text) => ({ type: "section", text: { type: "plain_text", text, emoji: false } })),
      ...(runUrl === undefined
        ? []
        : [{ type: "section", text: { type: "mrkdwn", text: `<${escapeForSlack(runUrl)}|Open the run>` } }]),
    ],
  };
}

/** Returns lines in as few texts as possible, none of which is too long. A notification has few, short lines: a block or some. */
function packed(lines: readonly string[]): readonly string[] {
  return lines.reduce<readonly string[]>((texts, line) => {
    const last = texts.at(-1);
    const longer = last === undefined ? line : `${last}\n${line}`;
    return last !== undefined && longer.length > maxText ? [...texts, line] : [...texts.slice(0, -1), longer];
  }, []);
}
