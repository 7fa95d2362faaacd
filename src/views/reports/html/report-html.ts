import { createHash } from "node:crypto";
import type { Address } from "../../../core/address.js";
import { page, script, stylesheet } from "../../../generated/report-assets.cjs";
import type { Line } from "../../text/line.js";
import { plainLine } from "../../text/line.js";
import { count, number } from "../../text/terminal.js";
import type { Report, ReportGroup, ReportItem } from "../report.js";
import { countItems, detailedItems, groupItems } from "../report.js";
import type { Notice, NoticeEntry } from "../report-notices.js";
import { reportNotices } from "../report-notices.js";
import { fillSlots, html, Markup } from "../template.js";

/** Entries of a notice that are listed before the rest is folded. */
const maxListed = 10;

/** If more groups than this need attention, none is open at first: the page would be too long. Reports of so few items are all open. */
const maxOpen = 20;

/** In reports of more items, those out of sight are not laid out: a page of 10,000 would take many seconds. */
const manyItems = 500;

/** Numbers of items, for links to them. */
type Ids = ReadonlyMap<ReportItem, number>;

/** The CSS classes of signs. */
const signClasses: Readonly<Record<string, string>> = {
  "+": "add",
  "~": "change",
  "-": "remove",
  ">": "adopt",
  x: "forget",
};

const none = html``;

/** Links of a report to the repository. Their URLs are safe. */
export interface ReportLinks {
  /** Returns the line of the config that declares an address. */
  readonly toLine: (address: Address) => { readonly text: string; readonly url: string } | undefined;
}

/** Returns a report as one HTML page that loads nothing and runs only its own search. */
export function reportHtml(report: Report, links: ReportLinks = { toLine: () => undefined }): string {
  const { title, environment, headline, verdict, nextSteps, run } = report;
  const items = detailedItems(report);
  const groups = groupItems(items);
  const opens = groups.filter(needsAttention).length <= maxOpen;
  const isSmall = items.length <= maxOpen;
  const ids = new Map(items.map((item, at) => [item, at]));
  const where = environment === undefined ? "" : ` in ${environment}`;
  const policy = [
    "default-src 'none'",
    `style-src '${contentHash(stylesheet)}'`,
    `script-src '${contentHash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return fillSlots(page, {
    policy: new Markup(policy),
    title: `chatform${where}: ${headline}`,
    style: new Markup(stylesheet),
    verdict,
    kind: `${title.toLowerCase()}${where}`,
    headline,
    size: items.length > manyItems ? "many" : "few",
    content: [
      ...reportNotices(report).map((notice) => noticeSection(notice, ids)),
      ...(nextSteps.length === 0 ? [] : [stepList(nextSteps)]),
      html`<dl>
        ${report.facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value === run ? html`<a href="${value}">${value}</a>` : value}</dd>`,
        )}
      </dl>`,
      ...(groups.length === 0 ? [] : [searchForm(items.length, isSmall)]),
      ...groups.map((group) =>
        groupSection(group, ids, { isOpen: isSmall || (opens && needsAttention(group)), links }),
      ),
    ],
    script: new Markup(script),
  });
}

function contentHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function noticeSection({ title, weight, help, entries }: Notice, ids: Ids): Markup {
  const lines = entries.map((entry) => html`<li>${entryMarkup(entry, ids)}</li>`);
  const rest = lines.slice(maxListed);
  const more = html`<details>
    <summary>${count(rest.length, "more", "more")}</summary>
    <ul>
      ${rest}
    </ul>
  </details> `;
  const isAlarm = weight === "problem" || weight === "loss";
  return html`<section class="notice ${weight}" ${isAlarm ? html`role="alert"` : none}>
    <h2>${title}</h2>
    <ul>
      ${lines.slice(0, maxListed)}
    </ul>
    ${rest.length === 0 ? none : more} ${help === undefined ? none : html`<p>${help}</p>`}
  </section>`;
}

function entryMarkup({ summary, at, text, item }: NoticeEntry, ids: Ids): Markup {
  const id = item === undefined ? undefined : ids.get(item);
  const place = at === undefined ? none : html`<code>${at}</code>`;
  const link = id === undefined ? place : html`<a href="#c${id}">${place}</a>`;
  return html`${summary === undefined ? none : html`<strong>${summary}</strong>`} ${link} ${text}`;
}

function stepList(steps: readonly string[]): Markup {
  return html`<ul class="steps">
    ${steps.map((step) => html`<li>${step}</li>`)}
  </ul>`;
}

function searchForm(items: number, isOpen: boolean): Markup {
  return html`<p class="search">
    <label for="search">Search</label>
    <input id="search" type="search" placeholder="address, person, text" autocomplete="off" />
    <output id="found" for="search">${number(items)} shown</output>
    <button id="all" type="button">${isOpen ? "Close all" : "Open all"}</button>
  </p>`;
}

function groupSection(
  group: ReportGroup,
  ids: Ids,
  { isOpen, links }: { readonly isOpen: boolean; readonly links: ReportLinks },
): Markup {
  const { name, user, items } = group;
  const signs = [...new Map(items.map((item) => [item.sign, signMarkup(item)])).values()];
  return html`<details class="group" ${isOpen ? html`open` : none}>
    <summary>
      ${joined(signs)}
      <h2><code>${name}</code></h2>
      ${user === undefined ? none : html`<code>${user}</code>`}
      <span class="counts">${countItems(items)}</span>
    </summary>
    ${items.map((item) => itemArticle(item, ids.get(item) ?? 0, links))}
  </details>`;
}

function needsAttention({ items }: ReportGroup): boolean {
  return items.some(
    ({ status, findings }) => status === "failed" || findings.some(({ severity }) => severity !== "note"),
  );
}

function itemArticle(item: ReportItem, id: number, { toLine }: ReportLinks): Markup {
  const line = toLine(item.address);
  const { address, text, reason, status, lines, findings, problems } = item;
  return html`<article id="c${id}" data-at="${id}">
    <h3>
      ${signMarkup(item)} <code>${address}</code> <span class="${status}">${text}</span>
      ${reason === undefined || isPlace(reason, line) ? none : html`<span class="reason">${reason}</span>`}
      ${line === undefined ? none : html`<a class="place" href="${line.url}">${line.text}</a>`}
    </h3>
    ${problems.map((one) => html`<p class="problem">${one}</p>`)}
    ${findings.map((one) => html`<p class="${one.severity}">${one.text}</p>`)}
    ${lines.length === 0 ? none : html`<pre>${diffMarkup(lines)}</pre>`}
  </article>`;
}

/** Returns whether a reason is only the place that a link shows. */
function isPlace(reason: string, line: ReturnType<ReportLinks["toLine"]>): boolean {
  return line !== undefined && reason.trim() === `# ${line.text}`;
}

function signMarkup({ sign }: ReportItem): Markup {
  return html`<span class="sign ${signClasses[sign] ?? "skipped"}">${sign}</span>`;
}

/** Returns lines as markup, with one element for all lines of a sign that follow each other: large plans have many. */
function diffMarkup(lines: readonly Line[]): Markup {
  const runs: { readonly sign: "+" | "-" | ""; readonly texts: string[] }[] = [];
  for (const one of lines) {
    const sign = one.sign === "+" || one.sign === "-" ? one.sign : "";
    const last = runs.at(-1);
    if (last?.sign === sign) last.texts.push(plainLine(one));
    else runs.push({ sign, texts: [plainLine(one)] });
  }
  return joined(
    runs.map(({ sign, texts }) => {
      const text = texts.join("\n");
      if (sign === "") return html`<span>${text}</span>`;
      return sign === "+" ? html`<ins>${text}</ins>` : html`<del>${text}</del>`;
    }),
  );
}

/** Returns markup without line breaks between its parts, as line breaks show in `pre`. */
function joined(parts: readonly Markup[]): Markup {
  return new Markup(parts.map(({ text }) => text).join(""));
}
