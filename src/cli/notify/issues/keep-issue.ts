import type { IssueMarker } from "../../../views/notifications/issue-marker.js";
import { readMarker, withMarker } from "../../../views/notifications/issue-marker.js";
import { duplicateComment } from "../../../views/notifications/issue-text.js";
import { UndeliveredError } from "../notifier.js";
import type { IssueTracker, TrackedIssue } from "./issue-tracker.js";
import { label } from "./issue-tracker.js";

/** The issue as it should be while there is drift, and its texts. */
export interface WantedIssue {
  readonly title: string;
  /** With the marker in front. */
  readonly body: string;
  readonly marker: IssueMarker;
  /** The comment on a change; undefined where no comment is due. */
  readonly changed: (before: IssueMarker) => string | undefined;
  /** The comment on opening the issue again. */
  readonly again: string;
}

interface OwnIssue extends TrackedIssue {
  readonly marker: IssueMarker;
}

/**
 * Brings the one issue of an environment up to date. The issue is the memory: running again after any failure continues.
 *
 *     no issue         drift: open it
 *     open             drift, same content: nothing; other content: new body, and a comment if the drift changed; no drift: close it
 *     closed           drift: open it again, unless a person closed it and the drift is still the same
 *
 * @param wanted undefined if there is no drift
 * @throws UndeliveredError
 */
export async function keepIssue(
  tracker: IssueTracker,
  key: string,
  wanted: WantedIssue | undefined,
  gone: string,
): Promise<void> {
  const own = await listOwn(tracker, key);
  const [open, ...duplicates] = own.filter(({ isOpen }) => isOpen);
  for (const one of duplicates) await closeDuplicate(tracker, one, open);
  if (wanted === undefined) {
    if (open !== undefined) await close(tracker, open, gone);
    await forgetClosedByPeople(tracker, own);
  } else if (open !== undefined) await update(tracker, open, wanted);
  else await openAgain(tracker, key, own[0], wanted);
}

async function listOwn(tracker: IssueTracker, key: string): Promise<readonly OwnIssue[]> {
  const issues = await tracker.list();
  return issues
    .flatMap((issue): readonly OwnIssue[] => {
      const marker = readMarker(issue.body);
      return marker?.key === key ? [{ ...issue, marker }] : [];
    })
    .sort((a, b) => a.number - b.number);
}

async function update(
  tracker: IssueTracker,
  { number, marker }: OwnIssue,
  wanted: WantedIssue,
): Promise<void> {
  if (marker.content === wanted.marker.content) return;
  const comment = wanted.changed(marker);
  // The body first: if the comment fails, the next run must not say the same again.
  await tracker.edit(number, { body: wanted.body });
  if (comment !== undefined) await tracker.comment(number, comment);
}

async function openAgain(
  tracker: IssueTracker,
  key: string,
  closed: OwnIssue | undefined,
  wanted: WantedIssue,
): Promise<void> {
  if (closed === undefined) {
    await openFirst(tracker, key, wanted);
    return;
  }
  const { number, marker } = closed;
  const isClosedByPerson = marker.isOpen;
  if (isClosedByPerson && marker.content === wanted.marker.content) return;
  await tracker.edit(number, { body: wanted.body, isOpen: true });
  await tracker.comment(number, wanted.again);
}

async function openFirst(tracker: IssueTracker, key: string, { title, body }: WantedIssue): Promise<void> {
  await tracker.prepareLabel();
  const { number, hasLabel } = await tracker.open({ title, body });
  if (!hasLabel) {
    await tracker.edit(number, { isOpen: false });
    throw new UndeliveredError(
      `the token may not set the label ${label.name}. Issue #${String(number)} was closed, as no run would find it`,
    );
  }
  // Another run may have opened one meanwhile. The older one stays.
  const open = (await listOwn(tracker, key)).filter(({ isOpen }) => isOpen);
  const own = open.find((one) => one.number === number);
  if (own !== undefined && own !== open[0]) await closeDuplicate(tracker, own, open[0]);
}

async function close(tracker: IssueTracker, issue: OwnIssue, comment: string): Promise<void> {
  await tracker.edit(issue.number, { body: closedBody(issue), isOpen: false });
  await tracker.comment(issue.number, comment);
}

async function closeDuplicate(
  tracker: IssueTracker,
  issue: OwnIssue,
  first: OwnIssue | undefined,
): Promise<void> {
  if (first !== undefined) await close(tracker, issue, duplicateComment(first.number));
}

/** The drift that people closed issues for is gone: the same drift would be news again. */
async function forgetClosedByPeople(tracker: IssueTracker, own: readonly OwnIssue[]): Promise<void> {
  for (const issue of own)
    if (!issue.isOpen && issue.marker.isOpen) await tracker.edit(issue.number, { body: closedBody(issue) });
}

function closedBody({ body, marker }: OwnIssue): string {
  return withMarker(body, { ...marker, isOpen: false });
}
