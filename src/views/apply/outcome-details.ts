import type { Call } from "../../core/calls/call.js";
import type { Json } from "../../core/json/json.js";
import { isArray } from "../../core/json/json.js";
import type { LeftAlone } from "../../core/plan/plan.js";
import { without } from "../../core/state/state.js";
import type { ChangeResult, ChangedDuringRun } from "../../engine/events.js";
import { namedAddress } from "../../core/people/named-address.js";
import { storedInstead } from "../text/invisible.js";
import { count } from "../text/terminal.js";
import type { People } from "../text/values.js";
import { attributeName, elementText, valueText } from "../text/values.js";

/** A sentence about how a change ended. Others' text in it is not escaped. */
export interface Detail {
  /** `problem`: an error diagnostic in JSON. `help`: advice. `note`: anything else. */
  readonly kind: "problem" | "help" | "note";
  readonly text: string;
}

type Result<Status extends ChangeResult["status"]> = Extract<ChangeResult, { status: Status }>;

/** Returns sentences that explain how a change ended; none for a change that is done as planned. */
export function outcomeDetails(result: ChangeResult, people: People): readonly Detail[] {
  return [...endDetails(result, people), ...departedDetails(result, people)];
}

function endDetails(result: ChangeResult, people: People): readonly Detail[] {
  switch (result.status) {
    case "done":
      return toDetails("note", changedMeanwhileTexts(result.changedDuringRun, people));
    case "failed":
      return failedDetails(result, people);
    case "not-taken":
      return toDetails("problem", notConfirmedTexts(result, people));
    case "uncertain":
      return toDetails("problem", [`${result.error.message}. ${result.nextStep}`]);
    case "recovered":
      return toDetails("note", [recoveredText(result)]);
    case "skipped":
      return toDetails("note", [
        `Skipped because ${namedAddress(result.because, people)} ${skipCause(result)}.`,
        ...acceptedTexts(result.accepted, people),
      ]);
    case "interrupted":
      return toDetails("note", [
        result.cutOff
          ? "The run stopped before the outcome of a request was known; the request may have been carried out. The next plan checks."
          : "The run was stopped.",
        ...acceptedTexts(result.accepted, people),
      ]);
    default:
      return result satisfies never;
  }
}

/** Returns who departed among the users of refused calls. */
function departedDetails({ departed = [] }: ChangeResult, people: People): readonly Detail[] {
  const named = departed.filter(({ done }) => !done);
  const isMany = named.length > 1;
  return [
    ...departed.map(({ user, email, state, status, done }): Detail => {
      const name = Object.hasOwn(people, user) ? elementText(user, people) : (email ?? user);
      const end = done ? `; the service refused the removal with ${status}, which counts as done` : "";
      return { kind: done ? "note" : "problem", text: `${name} is ${state} in the directory${end}.` };
    }),
    ...(named.length === 0
      ? []
      : toDetails("help", [`To leave the departed ${isMany ? "users" : "user"} out: chatform plan`])),
  ];
}

function toDetails(kind: Detail["kind"], texts: readonly string[]): readonly Detail[] {
  return texts.map((text) => ({ kind, text }));
}

function failedDetails(
  { errors, skippedCalls, accepted }: Result<"failed">,
  people: People,
): readonly Detail[] {
  const dependent = skippedCalls === 1 ? "1 dependent call was" : `${skippedCalls} dependent calls were`;
  return [
    ...errors.flatMap(({ message, advice }): readonly Detail[] => [
      { kind: "problem", text: message },
      ...(advice === undefined ? [] : toDetails("help", [advice])),
    ]),
    ...(skippedCalls > 0 ? toDetails("note", [`${dependent} skipped.`]) : []),
    ...toDetails("problem", acceptedTexts(accepted, people)),
  ];
}

function notConfirmedTexts(
  { paths, stored, unread, changedDuringRun }: Result<"not-taken">,
  people: People,
): readonly string[] {
  const names = paths.filter((path) => path.startsWith("/")).map(attributeName);
  const reasons = paths.filter((path) => !path.startsWith("/"));
  const instead = stored.map(({ path, sent, now }) => {
    const text =
      storedInstead(sent, now) ??
      `the service shows ${valueText(now, people)} instead of ${valueText(sent, people)}`;
    return `${attributeName(path)}: ${text}.`;
  });
  const accepted = "The service accepted the change, but";
  return [
    ...(unread === undefined ? [] : [`${accepted} it could not be read back: ${unread.message}.`]),
    ...(names.length === 0
      ? []
      : [`${accepted} reading it back still shows other values: ${names.join(", ")}.`]),
    ...reasons.map((reason) => `${accepted} reading it back shows that ${reason}.`),
    ...instead,
    ...changedMeanwhileTexts(changedDuringRun, people),
  ];
}

/** Returns a sentence for each value that somebody else changed during the apply. */
function changedMeanwhileTexts(values: readonly ChangedDuringRun[], people: People): readonly string[] {
  return values.map(({ path, planned, now, declared }) => {
    const name = attributeName(path);
    const end = declared
      ? "The config declares another value; chatform kept the live one."
      : "chatform kept the live value.";
    if (isArray(planned) || isArray(now)) {
      const [before, after] = [planned, now].map((list) => (isArray(list) ? list : []));
      const changes = [
        ...signedElements("+", without(after ?? [], before ?? []), people),
        ...signedElements("-", without(before ?? [], after ?? []), people),
      ];
      return `${name} changed after the plan was made: ${changes.join(", ")}. ${end}`;
    }
    return `${name} changed after the plan was made, from ${valueText(planned, people)} to ${valueText(now, people)}. ${end}`;
  });
}

/** Parts of a change that are named before the rest is counted. */
const maxParts = 20;

/** Returns one sentence about the effects of the accepted calls of an incomplete change; none where there are no effects. */
function acceptedTexts(calls: readonly Call[], people: People): readonly string[] {
  const parts = calls.flatMap(({ effects }) =>
    effects.flatMap((effect) => {
      const name = attributeName(effect.path);
      if ("set" in effect) return [`${name} set`];
      return "add" in effect
        ? signedElements(`${name} +`, effect.add, people)
        : signedElements(`${name} -`, effect.remove, people);
    }),
  );
  const more = parts.length > maxParts ? ` and ${parts.length - maxParts} more` : "";
  return parts.length === 0 ? [] : [`Already changed: ${parts.slice(0, maxParts).join(", ")}${more}.`];
}

function signedElements(sign: string, elements: readonly Json[], people: People): readonly string[] {
  return elements.map((element) => `${sign}${elementText(element, people)}`);
}

function recoveredText({ id, skippedCalls }: Result<"recovered">): string {
  const found = `The response to the create request was lost; the created object was found as ${id}.`;
  if (skippedCalls === 0) return found;
  const skipped = skippedCalls === 1 ? "1 call was" : `${count(skippedCalls, "call")} were`;
  return `${found} ${skipped} not made; the next plan shows the remaining differences.`;
}

/** Returns the end of a sentence that begins with the address of a resource that the plan does not change. */
export function leftAloneText({ recovered }: LeftAlone): string {
  return recovered === true
    ? "was recovered; the next plan shows its changes"
    : "is uncertain and left unchanged";
}

/** Returns why a change was skipped: the end of a sentence that begins with the other address. */
export function skipCause({ afterRecovery }: Result<"skipped">): string {
  return afterRecovery ? "was recovered; the next plan shows the remaining differences" : "failed";
}
