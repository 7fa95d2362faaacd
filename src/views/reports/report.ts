import type { Address } from "../../core/address.js";
import type { Diagnostic } from "../../core/diagnostic.js";
import type { LeftToPerson } from "../../core/drift/left.js";
import { groupBy } from "../../core/multimap.js";
import type { Finding } from "../../core/plan/change.js";
import type { FindingList } from "../plan/listed-findings.js";
import type { Line, Sign } from "../text/line.js";
import { number } from "../text/terminal.js";

/** The result of a plan, an apply or an audit, ready for any format of report. Texts are not escaped, but for `lines`. */
export interface Report {
  /** `Plan`, `Apply`, `Drift`. */
  readonly title: string;
  /** `attention`: done, and something is left to a person. */
  readonly verdict: "ok" | "changes" | "attention" | "failed";
  /** One line: `Plan: 3 to create, 2 to update.` */
  readonly headline: string;
  /** The name of the org in the config's `environments`. Missing: none, or several. */
  readonly environment?: string | undefined;
  /** The next steps about the whole, in whole sentences. */
  readonly nextSteps: readonly string[];
  /** Facts about the whole, by name: the cost, the checksum. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The page of the CI system's run: a safe URL that is also among the facts. */
  readonly run?: string | undefined;
  /** Sorted by address. */
  readonly items: readonly ReportItem[];
  /** Compared resources without a difference, sorted by address: passed tests, where a report counts tests. */
  readonly unchanged: readonly Pick<ReportItem, "address" | "kind">[];
  /** The title of the problems: `This plan can't be applied`. */
  readonly problemsTitle: string;
  /** Problems about the whole, or reasons why the plan can't be applied. */
  readonly problems: readonly Diagnostic[];
  /** Of drift and repairs: what repair leaves to a person, sorted by address. */
  readonly left: readonly ReportLeft[];
  /** Findings about people and their settings, also in resources that do not change. */
  readonly findings: readonly FindingList[];
}

interface NamedUser {
  /** The e-mail of the user whom the address names by id. Missing: unknown, or there is none. */
  readonly user?: string;
}

/** One resource: its planned change, the outcome of the change, or its drift. */
export interface ReportItem extends NamedUser {
  readonly address: Address;
  readonly kind: string;
  readonly sign: Sign;
  /** `will be created` */
  readonly text: string;
  /** The reason of the whole change, as a comment: `# chatform.yaml:12`. */
  readonly reason?: string;
  readonly status: "ok" | "changed" | "failed" | "skipped";
  /** The attributes that change, as `plan` shows them. */
  readonly lines: readonly Line[];
  /** True if the change destroys data permanently, or may have done so. */
  readonly destroys: boolean;
  readonly findings: readonly Finding[];
  /** Sentences about the outcome. */
  readonly problems: readonly string[];
  /** The run ended before the change: a notice lists it, with no details. */
  readonly isNotStarted?: true;
}

/** Something that is left to a person, with the next step. */
export interface ReportLeft extends LeftToPerson, NamedUser {
  readonly help: string;
}

/** Items that belong together: a room with its messages and pins. */
export interface ReportGroup extends NamedUser {
  readonly name: string;
  readonly items: readonly ReportItem[];
}

/** Returns the items with details: all but those that the run ended before. */
export function detailedItems({ items }: Pick<Report, "items">): readonly ReportItem[] {
  return items.filter((item) => item.isNotStarted !== true);
}

/** Returns items grouped by the first two parts of their addresses, in the order of the items. */
export function groupItems(items: readonly ReportItem[]): readonly ReportGroup[] {
  const groups = groupBy(items, ({ address }) => address.split("/").slice(0, 2).join("/"));
  return [...groups].map(([name, group]) => {
    const user = group.find((item) => item.user !== undefined)?.user;
    return { name, ...(user === undefined ? {} : { user }), items: group };
  });
}

/** Returns `2 will be created, 1 will be updated`: the number of items of each text, in the order of the items; of a single item, the text. */
export function countItems(items: readonly ReportItem[]): string {
  // The text behind a separator is about one item alone.
  const counts = groupBy(items, ({ text }) => text.split(/[;,]/, 1).join(""));
  return [...counts]
    .map(([text, some]) => (items.length === 1 ? text : `${number(some.length)} ${text}`))
    .join(", ");
}
