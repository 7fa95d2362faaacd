import type { Address } from "../../core/address.js";
import type { Audit } from "../../core/drift/audit.js";
import type { Change, Drift, Finding } from "../../core/plan/change.js";
import { groupBy } from "../../core/multimap.js";
import type { Plan } from "../../core/plan/plan.js";
import type { ChangeResult } from "../../engine/events.js";
import { leftAloneText, outcomeDetails } from "../apply/outcome-details.js";
import { getOutcome, isNotStarted } from "../apply/outcomes.js";
import { driftTitles } from "../drift/drift-text.js";
import {
  actionSigns,
  actionText,
  changedAttributeLines,
  driftedAttributeLines,
  driftSign,
  goneText,
} from "../plan/change-text.js";
import { isListed } from "../plan/listed-findings.js";
import { getEmailOfAddress } from "../../core/people/named-address.js";
import { userLines } from "../text/address-user.js";
import { line, segmentText } from "../text/line.js";
import type { Move } from "../../core/state/moved-addresses.js";
import { reasonComment, Reasons } from "../text/reasons.js";
import type { People, ValueOptions } from "../text/values.js";
import type { ReportItem } from "./report.js";

/** Returns an item for each drifted resource, with both classes of its drift. */
export function driftItems({ drift, baseline }: Audit, values: ValueOptions): readonly ReportItem[] {
  return [...groupBy(drift, ({ address }) => address)].flatMap(([address, some]): readonly ReportItem[] => {
    const [first] = some;
    if (first === undefined) return [];
    const texts = some.map((one) => driftText(one));
    return [
      {
        ...empty,
        ...{
          address,
          kind: first.kind,
          sign: driftSign(first),
          text: texts.join(" and "),
          status: "changed",
        },
        ...ofUser(address, values.people),
        lines: some.flatMap((one) => [
          ...(some.length > 1 ? [line(["bold", driftTitles[baseline][one.class]])] : []),
          ...driftedAttributeLines(one, values),
        ]),
      },
    ];
  });
}

function driftText(drift: Drift): string {
  if (drift.after === null) return goneText(drift);
  return drift.class === "membership" ? "differs from its sources" : "was changed outside";
}

/** The parts of an item that most items have no use for. */
const empty = { lines: [], destroys: false, findings: [], problems: [] } as const;

/** Returns the e-mail of the user whom an address names by id. */
export function ofUser(address: Address, people: People): Pick<ReportItem, "user"> {
  const user = getEmailOfAddress(address, people);
  return user === undefined ? {} : { user };
}

/** Returns an item for a resource that an audit did not compare. */
export function unauditedItem(address: Address, kind: string, text: string, people: People): ReportItem {
  const lines = userLines(address, people);
  return { ...empty, address, kind, sign: "?", text, status: "skipped", ...ofUser(address, people), lines };
}

/** Returns an item for an address that the plan moves. */
export function moveItem({ from, to }: Move, people: People): ReportItem {
  const text = `will be moved; its address was ${from}`;
  const lines = userLines(to, people);
  return {
    ...empty,
    ...{ address: to, kind: "moved", sign: ">", text, status: "changed" },
    ...ofUser(to, people),
    lines,
  };
}

/** Returns an item for a change of a plan. */
export function changeItem(change: Change, values: ValueOptions): ReportItem {
  const { address, kind, action, because, remarks } = change;
  const reason = reasonComment(new Reasons(because).resource);
  return {
    address,
    kind,
    sign: actionSigns[action],
    text: actionText(change),
    ...(reason === undefined ? {} : { reason: segmentText(reason) }),
    status: "changed",
    ...ofUser(address, values.people),
    lines: changedAttributeLines(change, values),
    destroys: destroysData(change),
    findings: remarks.filter((finding) => !isListed(finding)),
    problems: [],
  };
}

function destroysData({ action, remarks }: Change): boolean {
  return action === "delete" || remarks.some(({ severity }) => severity === "data-loss");
}

/** Returns an item for each uncertain create, recovered or not. */
export function uncertainItems({
  uncertain,
  people,
}: Pick<Plan, "uncertain" | "people">): readonly ReportItem[] {
  return uncertain.map((one) => {
    const code = one.recovered === true ? "recovered" : "uncertain";
    const finding: Finding = { code, severity: "warning", text: one.text };
    return {
      ...empty,
      address: one.address,
      kind: code,
      sign: "?",
      text: leftAloneText(one),
      status: "skipped",
      ...ofUser(one.address, people),
      lines: userLines(one.address, people),
      findings: [finding],
    };
  });
}

/** Returns the parts of a change's item that its outcome decides. */
export function outcomeParts(
  change: Change,
  result: ChangeResult,
  people: People,
): Pick<ReportItem, "text" | "status" | "problems" | "destroys" | "isNotStarted"> {
  const { word, inReports, mayHaveHappened } = getOutcome(result);
  const hasAccepted = "accepted" in result && result.accepted.length > 0;
  return {
    text: word,
    status: inReports,
    problems: outcomeDetails(result, people).map(({ text }) => text),
    destroys: destroysData(change) && (mayHaveHappened || hasAccepted),
    ...(isNotStarted(result) ? { isNotStarted: true } : {}),
  };
}
