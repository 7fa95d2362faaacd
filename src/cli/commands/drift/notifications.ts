import type { ApiClient } from "../../../api/client.js";
import { safeLine } from "../../../core/safe-text.js";
import type { Verdict } from "../../../views/drift/drift-json.js";
import { auditVerdict } from "../../../views/drift/drift-json.js";
import type { Context } from "../../context.js";
import type { Notice, Notifier } from "./notify.js";
import type { AuditRun } from "./run-audit.js";

/** The receivers of `--notify`, told of each change of the verdict, and of each repair. */
export interface Notifications {
  /** @returns the number of undelivered notifications */
  readonly send: (api: ApiClient, run: AuditRun, context: Context) => Promise<number>;
}

/** Prepares notifications before any request. @throws UsageError */
export async function openNotifications(
  specs: readonly string[],
  { env }: Pick<Context, "env">,
): Promise<Notifications> {
  const notifiers = specs.length === 0 ? [] : (await import("./notify.js")).notifiers(specs, env);
  // A first run without drift notifies nobody.
  const lastVerdicts = new Map<Notifier, Verdict>(notifiers.map((one) => [one, "in-sync"]));
  return {
    async send(api, run, context) {
      const verdict = auditVerdict(run.audit);
      const waiting = [...lastVerdicts].filter(([, last]) => last !== verdict || run.repaired !== undefined);
      const results = await Promise.all(
        waiting.map(async ([one, previous]) => {
          const done = await notifyOne(one, api, { run, previous }, context);
          if (done) lastVerdicts.set(one, verdict);
          return done;
        }),
      );
      return results.filter((done) => !done).length;
    },
  };
}

async function notifyOne(
  notifier: Notifier,
  api: ApiClient,
  notice: Notice,
  context: Context,
): Promise<boolean> {
  const { undeliveredReason } = await import("./notify.js");
  try {
    await notifier.send(notice, api, context);
    return true;
  } catch (error) {
    const reason = undeliveredReason(error);
    if (reason === undefined) throw error;
    context.stderr.write(`Error: ${safeLine(`Could not notify ${notifier.name}: ${reason}.`)}\n`);
    return false;
  }
}
