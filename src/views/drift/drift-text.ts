import type { Audit } from "../../core/drift/audit.js";
import { renderDrift } from "../plan/change-text.js";
import { orgLines } from "../text/org-text.js";
import { countedDrift, foldedDrift } from "../plan/plan-fold.js";
import type { Styles } from "../text/terminal.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import type { ValueOptions } from "../text/values.js";
import { wrapped } from "../text/wrap.js";

export interface DriftTextOptions {
  readonly style: Styles;
  /** Of the terminal, in characters. */
  readonly width: number;
  readonly full: boolean;
}

const nextSteps = "To restore the applied values: chatform apply. To keep the live values: change the config.";

/** An audit as people read it: what changed, what could not be audited, and what to do. */
export function renderAudit(audit: Audit, { style, width, full }: DriftTextOptions): string {
  const values: ValueOptions = { style, people: audit.people, full };
  const { shown, brief, counted } = foldedDrift(audit.drift, full);
  const lines = [...shown, ...brief].flatMap((drift) => [...renderDrift(drift, values), ""]);
  const inShort = countedDrift(counted, style, width);
  const notes = auditNotes(audit).flatMap((note) => wrapped(`${style.cyan("Note:")} ${note}`, "", width));
  const [headline, ...rest] = wrapped(auditHeadline(audit), "", width);
  const painted = audit.drift.length === 0 ? style.green(headline ?? "") : style.bold(headline ?? "");
  const ways = audit.drift.length === 0 ? [] : wrapped(nextSteps, "", width);
  return [
    ...lines,
    ...inShort,
    ...(inShort.length === 0 ? [] : [""]),
    ...notes,
    painted,
    ...rest,
    ...orgLines(audit.org, width),
    ...ways,
    "",
  ].join("\n");
}

/** `Drift: 2 of 14 resources changed outside chatform.` */
export function auditHeadline({ drift, audited, baseline }: Audit): string {
  const all = count(audited.length, "resource");
  if (drift.length > 0) {
    const what = baseline === "applied" ? "changed outside chatform" : "not as the files say";
    return `Drift: ${drift.length.toLocaleString("en-US")} of ${all} ${what}.`;
  }
  if (audited.length === 0) return "No drift: there is nothing to audit.";
  return baseline === "applied" ? `No drift. ${all} as applied.` : `No drift. ${all} as the files say.`;
}

/** What a reader has to know of an audit beside its drift. */
function auditNotes({ pending, uncertain, ignored }: Audit): readonly string[] {
  return [
    ...(pending.length === 0 ? [] : [`Not applied yet, and so not audited: ${listed(pending)}.`]),
    ...(uncertain.length === 0
      ? []
      : [
          `Not audited, as it is uncertain whether it was created: ${listed(uncertain)}. chatform plan finds out.`,
        ]),
    ...(ignored === 0 ? [] : [`Ignored: ${count(ignored, "known difference")} (--ignore).`]),
  ];
}

/** How many addresses are named before the rest is counted. */
const maxNamed = 5;

function listed(addresses: readonly string[]): string {
  const named = addresses.slice(0, maxNamed).map((address) => safeLine(address));
  const more = addresses.length - named.length;
  return more === 0 ? named.join(", ") : `${named.join(", ")} and ${count(more, "more", "more")}`;
}
