import { topLevelAddress } from "../../core/address.js";
import { groupBy } from "../../core/multimap.js";
import type { Address } from "../../core/address.js";
import type { Finding } from "../../core/plan/change.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { ReportLine } from "./report-line.js";

/** What a plan, an apply or an audit found, ready for any format of report. Texts are as others wrote them: unescaped. */
export interface Report {
  /** `Plan`, `Apply`, `Drift`. */
  readonly title: string;
  readonly verdict: "ok" | "changes" | "failed";
  /** One line: `Plan: 3 to create, 2 to update.` */
  readonly headline: string;
  /** More about the whole, by name: the cost, the checksum. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Sorted by address. */
  readonly items: readonly ReportItem[];
  /** What was looked at and is as it should be, sorted by address: passed tests, where a report counts tests. */
  readonly unchanged: readonly Pick<ReportItem, "address" | "kind">[];
  /** What stands above the problems: `It can't be applied`. */
  readonly problemsTitle: string;
  /** Problems that are about the whole, or forbid to apply it. */
  readonly problems: readonly Diagnostic[];
}

/** What became, or is to become, of one resource. */
export interface ReportItem {
  readonly address: Address;
  readonly kind: string;
  /** `+`, `~`, `-` and so on: see change-text.ts. */
  readonly symbol: string;
  /** `will be created` */
  readonly text: string;
  readonly status: "ok" | "changed" | "failed" | "skipped";
  /** What changes, in lines as `plan` shows them. Escaped already. */
  readonly lines: readonly ReportLine[];
  /** Whether it destroys data for good, or has done so. */
  readonly destroys: boolean;
  readonly remarks: readonly Finding[];
  /** What went wrong, in lines. */
  readonly problems: readonly string[];
}

/** Items that belong together: a room with its messages and pins. */
export interface ReportGroup {
  readonly name: string;
  readonly items: readonly ReportItem[];
}

/** Items by what they live in: the first two parts of their addresses. In the order of the items. */
export function groupsOf(items: readonly ReportItem[]): readonly ReportGroup[] {
  const groups = groupBy(items, ({ address }) => topLevelAddress(address));
  return [...groups].map(([name, group]) => ({ name, items: group }));
}

/** `2 will be created, 1 will be forgotten`: how many items of each text, in the order of the first of each. */
export function countsOf(items: readonly ReportItem[]): string {
  const counts = new Map<string, number>();
  for (const { text } of items) {
    // What is said of one thing behind it does not fit several.
    const [fate = text] = text.split(/[;,]/);
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
  }
  return [...counts].map(([text, number]) => `${number.toLocaleString("en-US")} ${text}`).join(", ");
}
