import type { Action, AttributeChange, Change, Drift, Finding } from "../../core/plan/change.js";
import { roomKind } from "../../core/state/forgotten.js";
import { alreadyGone } from "../../core/plan/changes/plan-orphan.js";
import { valueAt } from "../../core/json/pointer.js";
import { safe, safeLine } from "../../core/safe-text.js";
import { userLines } from "../text/address-user.js";
import type { Line, Segment, Sign } from "../text/line.js";
import { indented, line, paragraph, signed } from "../text/line.js";
import { reasonComment, Reasons } from "../text/reasons.js";
import type { ValueOptions } from "../text/values.js";
import { attributeLines, withComment } from "../text/values.js";
import { isListed } from "./listed-findings.js";

/** Returns true for changes to show: all but no-ops that change nothing and warn of nothing. Listed findings show by themselves. */
export function isShown({ action, attributes, calls, remarks }: Change): boolean {
  const warns = remarks.some((finding) => finding.severity !== "note" && !isListed(finding));
  return action !== "no-op" || attributes.length > 0 || calls.length > 0 || warns;
}

/** The sign of each action. */
export const actionSigns: Readonly<Record<Action, Sign>> = {
  create: "+",
  update: "~",
  delete: "-",
  adopt: ">",
  forget: "x",
  "no-op": " ",
};

const actionWords: Readonly<Record<Action, string>> = {
  create: "will be created",
  update: "will be updated",
  delete: "will be deleted",
  adopt: "will be adopted",
  forget: "will be removed from the state",
  "no-op": "does not change",
};

/** Returns the end of a sentence that begins with the address: `will be created`. */
export function actionText(change: Change): string {
  const { action, attributes } = change;
  if (action === "forget") return forgetText(change);
  return action === "no-op" && attributes.length > 0 ? "will be recorded in the state" : actionWords[action];
}

function forgetText({ kind, calls, remarks }: Change): string {
  if (calls.length > 0) return "will be reset, then removed from the state";
  const isGone = remarks.some(({ code }) => code === alreadyGone.code);
  return isGone ? actionWords.forget : `${actionWords.forget}; ${keptObject(kind)} kept`;
}

function keptObject(kind: string): string {
  if (kind === roomKind) return "the room itself is";
  return kind.endsWith("/messages/*") ? "the message itself is" : "the live values are";
}

/**
 * Returns what a change does to each attribute, whose user is named by id, and the jid of a room that the state drops, to find the room
 * by.
 */
export function changedAttributeLines(change: Change, values: ValueOptions): readonly Line[] {
  const { address, action, kind, id, attributes, before, because } = change;
  const user = userLines(address, values.people);
  if (action === "delete") {
    const body = before?.["body"];
    const lost = { path: "/body", cause: "config", before: body ?? null } as const;
    return body === undefined ? user : [...user, ...attributeLines(lost, values)];
  }
  const jid =
    action === "forget" && kind === roomKind && id !== undefined ? [line(`jid: ${safeLine(id)}`)] : [];
  const reasons = new Reasons(because);
  return [...user, ...jid, ...attributes.flatMap((attribute) => attributeLines(attribute, values, reasons))];
}

/** Columns of the sign in front of an address. */
const signColumns = 2;

/** Returns a change, its reasons and its findings as lines. Findings that are listed by themselves are left out. */
export function changeLines(change: Change, values: ValueOptions, width: number): readonly Line[] {
  const { action, address, because, remarks } = change;
  const comment = reasonComment(new Reasons(because).resource);
  const label: readonly Segment[] = [["bold", safeLine(address)]];
  const [title, ...rest] = paragraph(actionText(change), { width: width - signColumns, label });
  const first = signed(actionSigns[action], ...(title?.text ?? []));
  return [
    ...(rest.length === 0 ? withComment(first, comment, { width }, signColumns) : [first]),
    ...indented(rest.length === 0 || comment === undefined ? rest : [...rest, line(comment)], 4),
    ...indented(changedAttributeLines(change, values), 4),
    ...remarks
      .filter((finding) => !isListed(finding))
      .flatMap(({ severity, text }) =>
        paragraph(safe(text), { width, indent: 4, label: [findingLabels[severity]] }),
      ),
  ];
}

const findingLabels: Readonly<Record<Finding["severity"], Segment>> = {
  note: ["cyan", "Note:"],
  warning: ["yellow", "Warning:"],
  "data-loss": ["boldRed", "Data loss:"],
  error: ["red", "Error:"],
};

/** Returns the drift of one resource as lines, with its reasons. */
export function driftLines(drift: Drift, values: ValueOptions): readonly Line[] {
  const address: Segment = ["bold", safeLine(drift.address)];
  if (drift.after === null && drift.class === "membership")
    return withComment(signed(driftSign(drift), address), reasonComment(drift.because[0]), values, 2);
  if (drift.after === null) return [signed(driftSign(drift), address, ` ${goneText(drift)}`)];
  return [signed("~", address), ...indented(driftedAttributeLines(drift, values), 4)];
}

/** Returns the sign of drift: `-` no longer exists, `x` left the source that gave the resource. */
export function driftSign({ after, ...drift }: Drift): Sign {
  return after !== null ? "~" : drift.class === "membership" ? "x" : "-";
}

/** Returns why a resource is gone: `no longer exists`, `left group Support`. */
export function goneText({ because, ...drift }: Drift): string {
  const [first] = because;
  return drift.class === "membership" && first !== undefined ? safeLine(first.text) : "no longer exists";
}

/** Returns each attribute of a resource that drifted, with the reasons that drift does not give already: "changed outside". */
export function driftedAttributeLines(
  { address, before, after, paths, because }: Drift,
  values: ValueOptions,
): readonly Line[] {
  const reasons = new Reasons(because.filter(({ reason }) => reason !== "changed-outside"));
  const attributes = paths.flatMap((path) => {
    const [old, now] = [valueAt(before, path), after === null ? undefined : valueAt(after, path)];
    const attribute: AttributeChange = {
      path,
      cause: "config",
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    };
    return attributeLines(attribute, values, reasons);
  });
  return [...userLines(address, values.people), ...attributes];
}
