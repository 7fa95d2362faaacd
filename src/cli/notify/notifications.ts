import { relative, resolve, sep } from "node:path";
import type { ApiClient } from "../../api/client.js";
import { findRepository } from "../../config/files/repository.js";
import { safeLine } from "../../core/safe-text.js";
import { variable } from "../../http/environment.js";
import type { Verdict } from "../../views/drift/drift-json.js";
import { auditVerdict } from "../../views/drift/drift-json.js";
import { auditContent, issueKey } from "../../views/notifications/issue-marker.js";
import type { AuditRun } from "../commands/drift/run-audit.js";
import type { Context } from "../context.js";
import type { ArgsOf } from "../parse/option-table.js";
import { list, text } from "../parse/option-table.js";
import type { FileArgs } from "../parse/options.js";
import { DeliveredFile } from "./delivered-file.js";
import { NotifierWaits } from "./notifier-waits.js";
import type { Notifier } from "./notifier.js";

/** Options of commands that notify. */
export const notifyOptions = {
  notify: list(
    "TARGET",
    "Notify of changes: webhook=URL, slack=URL, teams=URL, room=ADDRESS, github-issue, gitlab-issue; default: CHATFORM_NOTIFY",
  ),
  notified: text("FILE", "Remember here what was notified, for the next run"),
};

type NotifyArgs = ArgsOf<typeof notifyOptions>;

/** Returns the targets of `--notify`, and those of CHATFORM_NOTIFY: there, the URLs of webhooks stand in no log. */
export function notifyTargets(
  { notify }: Pick<NotifyArgs, "notify">,
  env: Context["env"],
): readonly string[] {
  const more = variable(env, "CHATFORM_NOTIFY")?.split(/\s+/) ?? [];
  return [...new Set([...notify, ...more])];
}

/** The receivers of notifications. */
export interface Notifications {
  /** Tells the receivers what they do not know yet. @returns the number of undelivered notifications */
  readonly send: (api: ApiClient, run: AuditRun) => Promise<number>;
}

/** Prepares notifications before any request. @param args with all targets. @throws UsageError */
export async function openNotifications(
  args: NotifyArgs & Pick<FileArgs, "file">,
  context: Context,
): Promise<Notifications> {
  const { notify } = args;
  const notifiers =
    notify.length === 0 ? [] : (await import("./notifiers.js")).makeNotifiers(notify, context);
  const file = args.notified === undefined ? undefined : new DeliveredFile(args.notified, context);
  const told = new Map<Notifier, string>();
  const waits = new NotifierWaits(context);
  return {
    async send(api, run) {
      const key = await runKey(run, args.file, context.cwd);
      const verdict = auditVerdict(run.audit);
      const results = await Promise.all(
        notifiers.map(async (one) => {
          const isMessage = one.type === "message";
          // A first run without drift notifies nobody.
          const before =
            told.get(one) ?? (isMessage ? ((await file?.read(one.target, key)) ?? "in-sync") : "");
          const now = isMessage ? verdict : auditContent(run.audit);
          if (now === before && (!isMessage || run.repaired === undefined)) return true;
          const previous: Verdict = before === "drift" ? "drift" : "in-sync";
          const notice = { run, previous, key };
          const send = (): Promise<void> => waits.during(one, () => one.send(notice, api, context));
          if (!(await notifyOne(one, send, context))) return false;
          told.set(one, now);
          if (isMessage) await file?.write(one.target, key, now);
          return true;
        }),
      );
      return results.filter((done) => !done).length;
    },
  };
}

/**
 * Returns what tells this environment, org and config from others of the repository. The state is no part of it: a first audit has none, and
 * what it told must be known after the first apply.
 */
async function runKey({ audit }: AuditRun, files: readonly string[], cwd: string): Promise<string> {
  const { environment = "", id, domain, host } = audit.org;
  const root = (await findRepository(cwd)) ?? cwd;
  const paths = files.map((file) => relative(root, resolve(cwd, file)).split(sep).join("/"));
  return issueKey([environment, id ?? domain ?? host ?? "", ...paths]);
}

async function notifyOne(
  { name }: Notifier,
  send: () => Promise<void>,
  { stderr }: Pick<Context, "stderr">,
): Promise<boolean> {
  const { undeliveredReason } = await import("./notifier.js");
  try {
    await send();
    return true;
  } catch (error) {
    const reason = undeliveredReason(error);
    if (reason === undefined) throw error;
    stderr.write(`Warning: ${safeLine(`Could not notify ${name}: ${reason}.`)}\n`);
    return false;
  }
}
