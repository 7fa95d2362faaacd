import type { Call } from "../../core/calls/call.js";
import type { Action } from "../../core/plan/change.js";
import type { Json } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { LeftAlone } from "../../core/plan/plan.js";
import { without } from "../../core/state/state.js";
import type { ChangeResult, MovedValue } from "../../engine/events.js";
import { storedInstead } from "../text/invisible.js";
import { count } from "../text/terminal.js";
import { attributeName, elementText, valueText } from "../text/values.js";

/** E-mails or names by user id. */
type People = Readonly<Record<string, string>>;

/** Which permission would help, after a call that failed for want of one. Undefined: it failed for something else. */
export function neededText(permissions: readonly string[] | undefined): string | undefined {
  if (permissions === undefined || permissions.length === 0) return undefined;
  return `One of these permissions is needed: ${permissions.join(", ")}.`;
}

/** Says in sentences why a change is not confirmed. */
export function notConfirmedTexts(
  { paths, stored, unread, moved }: Extract<ChangeResult, { status: "not-taken" }>,
  people: People,
): readonly string[] {
  const names = paths.map((path) => (path.startsWith("/") ? attributeName(path) : path));
  const instead = stored.map(
    ({ path, sent, now }) =>
      `${attributeName(path)}: ${storedInstead(sent, now) ?? `the service shows ${valueText(now, people)} instead of ${valueText(sent, people)}`}.`,
  );
  return [
    ...(unread === undefined
      ? []
      : [`The service accepted the change, but it could not be read back: ${unread.message}.`]),
    ...(names.length === 0
      ? []
      : [
          `The service accepted the change, but reading it back still shows something else: ${names.join(", ")}.`,
        ]),
    ...instead,
    ...movedTexts(moved, people),
  ];
}

/** A sentence for each value that changed while applying, though nothing of the plan changed it. */
export function movedTexts(moved: readonly MovedValue[], people: People): readonly string[] {
  return moved.map(({ path, planned, now, declared }) => {
    const name = attributeName(path);
    const end = declared ? "The config declares otherwise; it is left as it is." : "It is left as it is.";
    if (isArray(planned) || isArray(now)) {
      const [before, after] = [planned, now].map((list) => (isArray(list) ? list : []));
      const changes = [
        ...signed("+", without(after ?? [], before ?? []), people),
        ...signed("-", without(before ?? [], after ?? []), people),
      ];
      return `${name} changed after the plan was made: ${changes.join(", ")}. ${end}`;
    }
    return `${name} is ${valueText(now, people)} now; it was ${valueText(planned, people)} when the plan was made. ${end}`;
  });
}

/** Says in one sentence what the accepted calls of a change that did not complete have changed; undefined: nothing. */
export function acceptedText(calls: readonly Call[], people: People): string | undefined {
  const parts = calls.flatMap(({ effects }) =>
    effects.flatMap((effect) => {
      const name = attributeName(effect.path);
      if ("set" in effect) return [`${name} set`];
      return "add" in effect
        ? signed(`${name} +`, effect.add, people)
        : signed(`${name} -`, effect.remove, people);
    }),
  );
  return parts.length === 0 ? undefined : `Changed before that: ${folded(parts)}.`;
}

/** So many parts of a change are named. */
const maxParts = 20;

function folded(parts: readonly string[]): string {
  const more = parts.length - maxParts;
  return more > 0 ? `${parts.slice(0, maxParts).join(", ")} and ${more} more` : parts.join(", ");
}

function signed(sign: string, elements: readonly Json[], people: People): readonly string[] {
  return elements.map((element) => `${sign}${elementText(element, people)}`);
}

/** Says in sentences how the lost create of a change was recovered. */
export function recoveredText({ id, skippedCalls }: Extract<ChangeResult, { status: "recovered" }>): string {
  const found = `The response to the request that created it was lost; it was found again as ${id}.`;
  return skippedCalls === 0
    ? found
    : `${found} The next plan shows what differs (${count(skippedCalls, "call")} not made).`;
}

/** What became of a resource that a plan leaves alone: the end of a sentence that begins with its address. */
export function leftAloneText({ recovered }: LeftAlone): string {
  return recovered === true
    ? "was recovered; its changes wait for the next plan"
    : "is uncertain, and left alone";
}

/** What became of a change that is done, by its action: the end of a sentence that begins with its address. */
export const endings: Readonly<Record<Action, string>> = {
  create: "created",
  update: "changed",
  delete: "deleted",
  adopt: "taken over",
  forget: "forgotten",
  "no-op": "recorded",
};

/** Returns the name of how a change ended, for people. */
export function statusName(result: ChangeResult): string {
  if (result.status === "not-taken") return "not confirmed";
  return result.status === "interrupted" && result.accepted.length === 0 && !result.cutOff
    ? "not tried"
    : result.status;
}

/** Why a change was skipped: the end of a sentence that begins with the other address. */
export function skipCause({ afterRecovery }: Extract<ChangeResult, { status: "skipped" }>): string {
  return afterRecovery ? "was recovered, and the next plan shows what differs" : "failed";
}
