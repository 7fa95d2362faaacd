import { UsageError } from "../parse/usage-error.js";
import { githubIssue } from "./issues/github.js";
import { gitlabIssue } from "./issues/gitlab.js";
import type { Notifier } from "./notifier.js";
import { room } from "./room.js";
import type { Notifying } from "./webhooks.js";
import { webhook, webhookTypes } from "./webhooks.js";

/**
 * Makes the notifiers that `--notify` or CHATFORM_NOTIFY name, before anything is contacted.
 *
 * @throws UsageError; it shows no target, which may be a secret
 * @throws DiagnosticsError for a proxy that is not a URL
 */
export function makeNotifiers(targets: readonly string[], context: Notifying): readonly Notifier[] {
  return targets.map((spec) => {
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(spec) ?? [];
    if (name === "github-issue") return githubIssue(value, context);
    if (name === "gitlab-issue" && value === "") return gitlabIssue(context);
    if (name === "room" && value !== "") return room(value);
    const type = webhookTypes.find((one) => one === name);
    if (type !== undefined && value !== "") return webhook(type, value, context);
    throw new UsageError(
      "--notify takes webhook=URL, slack=URL, teams=URL, room=ADDRESS, github-issue or gitlab-issue.",
    );
  });
}
