import { systemClock } from "../../../core/time/clock.js";
import { retry } from "../../../core/time/retry.js";
import { auditVerdict } from "../../../views/drift/drift-json.js";
import { issueMarker, markerText } from "../../../views/notifications/issue-marker.js";
import {
  againComment,
  changeComment,
  goneComment,
  issueText,
  issueTitle,
} from "../../../views/notifications/issue-text.js";
import { driftReport } from "../../../views/reports/build-report.js";
import { withOrigin } from "../../../views/reports/report-origin.js";
import type { Context } from "../../context.js";
import { reportOrigin } from "../../output/report-origin.js";
import { reportFiles } from "../../output/source-locations.js";
import type { JsonServerOptions } from "../json-server.js";
import { JsonServer } from "../json-server.js";
import type { Notice, Notifier } from "../notifier.js";
import { UndeliveredError } from "../notifier.js";
import { readCiRun } from "../../ci-run.js";
import type { IssueTracker } from "./issue-tracker.js";
import type { WantedIssue } from "./keep-issue.js";
import { keepIssue } from "./keep-issue.js";

/** A tracker before anything is contacted. */
export interface TrackerPlace {
  /** `the issues of OWNER/REPOSITORY` */
  readonly name: string;
  readonly target: string;
  readonly server: JsonServerOptions;
  readonly toTracker: (server: JsonServer) => IssueTracker;
}

const maxAttempts = 3;
const waitMs = 1000;

/** Makes the notifier that keeps the issue of an environment in a tracker. */
export function issueNotifier({ name, target, server: options, toTracker }: TrackerPlace): Notifier {
  return {
    ...{ name, target, type: "issue" },
    async send(notice, _api, context) {
      const { stop } = context;
      const { audit, repaired } = notice.run;
      const facts = {
        ...{ runUrl: readCiRun(context.env).url, repaired },
        mask: (text: string) => context.secrets.mask(text),
      };
      const wanted = auditVerdict(audit) === "in-sync" ? undefined : wantedIssue(notice, facts, context);
      const gone = context.secrets.mask(goneComment(audit, facts));
      const server = new JsonServer(options, stop);
      try {
        // Each attempt lists the issues again: an issue whose response was lost is found, and not opened twice.
        await retry(
          async (attempt) => {
            try {
              await keepIssue(toTracker(server), notice.key, wanted, gone);
              return { value: undefined };
            } catch (error) {
              if (attempt < maxAttempts && error instanceof UndeliveredError && error.isUncertain)
                return { waitMs };
              throw error;
            }
          },
          ({ waitMs: ms }) => (options.clock ?? systemClock).sleep(ms, stop),
        );
      } finally {
        await server.close();
      }
    },
  };
}

type Facts = Parameters<typeof changeComment>[3];

function wantedIssue({ run: { audit, loaded }, key }: Notice, facts: Facts, context: Context): WantedIssue {
  const mask = (text: string): string => context.secrets.mask(text);
  const report = driftReport(audit, { repeatOptions: context.repeatOptions });
  const origin = reportOrigin(reportFiles(loaded, context), context);
  const marker = issueMarker(key, audit, mask);
  const head = `${markerText(marker)}\n`;
  return {
    title: mask(issueTitle(audit)),
    body: head + mask(issueText(withOrigin(report, origin), head.length, mask)),
    marker,
    changed: (before) => {
      const text = changeComment(before, marker, audit, facts);
      return text === undefined ? undefined : mask(text);
    },
    again: mask(againComment(marker, audit, facts)),
  };
}
