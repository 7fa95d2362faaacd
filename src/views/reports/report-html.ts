import { createHash } from "node:crypto";
import { escapeMarkup } from "./markup.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { countsOf, groupsOf } from "./report.js";
import type { ReportLine } from "./report-line.js";
import type { Notice, NoticeEntry } from "./report-notices.js";
import { noticesOf } from "./report-notices.js";
import { script, stylesheet } from "./report-html-assets.js";
import { count } from "../text/terminal.js";

/** Entries of a notice that are listed before the rest is folded. */
const maxListed = 10;

/** Where more groups than this need attention, none is open at first: the page would have no end. */
const maxOpen = 20;

/** Beyond as many items, what is out of sight is not laid out: the page would take many seconds. */
const many = 500;

/** Numbers of items, by which links find them. */
type Ids = ReadonlyMap<ReportItem, number>;

/** The classes of signs. */
const signs: Readonly<Record<string, string>> = {
  "+": "add",
  "~": "change",
  "-": "remove",
  ">": "take",
  x: "leave",
};

/** A report as one HTML file: it loads nothing, runs nothing but its own search, and is light or dark as the reader is. */
export function reportHtml(report: Report): string {
  const groups = groupsOf(report.items);
  const opens = groups.filter(needsAttention).length <= maxOpen;
  const ids = new Map(report.items.map((item, at) => [item, at]));
  const title = escapeMarkup(`chatform: ${report.headline}`);
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(stylesheet)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    `<style>${stylesheet}</style>`,
    "</head>",
    "<body>",
    `<header class="${report.verdict}"><p>chatform ${escapeMarkup(report.title.toLowerCase())}</p><h1>${escapeMarkup(report.headline)}</h1></header>`,
    report.items.length > many ? '<main class="many">' : "<main>",
    ...noticesOf(report).map((one) => notice(one, ids)),
    facts(report),
    ...(groups.length === 0 ? [] : [search(report.items.length)]),
    ...groups.map((group) => section(group, ids, opens)),
    "</main>",
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function notice({ title, entries }: Notice, ids: Ids): string {
  const lines = entries.map((entry) => `<li>${entryText(entry, ids)}</li>`);
  const rest = lines.slice(maxListed);
  const more = `<details><summary>${count(rest.length, "more", "more")}</summary><ul>${rest.join("\n")}</ul></details>`;
  return [
    `<section class="alarm" role="alert"><h2>${escapeMarkup(title)}</h2><ul>${lines.slice(0, maxListed).join("\n")}</ul>`,
    ...(rest.length === 0 ? [] : [more]),
    "</section>",
  ].join("\n");
}

function entryText({ summary, at, text, item }: NoticeEntry, ids: Ids): string {
  const id = item === undefined ? undefined : ids.get(item);
  const place = at === undefined ? [] : [`<code>${escapeMarkup(at)}</code>`];
  return [
    ...(summary === undefined ? [] : [`<strong>${escapeMarkup(summary)}</strong>`]),
    ...(id === undefined ? place : place.map((one) => `<a href="#c${id}">${one}</a>`)),
    escapeMarkup(text),
  ].join(" ");
}

function facts({ facts: entries }: Report): string {
  const rows = entries.map(
    ([name, value]) => `<dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd>`,
  );
  return `<dl>${rows.join("")}</dl>`;
}

function search(items: number): string {
  return [
    '<p class="search"><label for="search">Search</label>',
    '<input id="search" type="search" placeholder="address, person, text" autocomplete="off">',
    `<output id="found" for="search">${items.toLocaleString("en-US")} shown</output>`,
    '<button id="all" type="button">Open all</button></p>',
  ].join("");
}

function section(group: ReportGroup, ids: Ids, opens: boolean): string {
  const { name, items } = group;
  const marks = [...new Set(items.map(sign))].join("");
  return [
    `<details class="group"${opens && needsAttention(group) ? " open" : ""}>`,
    `<summary>${marks} <h2><code>${escapeMarkup(name)}</code></h2> <span class="counts">${escapeMarkup(countsOf(items))}</span></summary>`,
    ...items.map((item) => article(item, ids.get(item) ?? 0)),
    "</details>",
  ].join("\n");
}

function needsAttention({ items }: ReportGroup): boolean {
  return items.some(
    ({ status, remarks }) => status === "failed" || remarks.some(({ severity }) => severity !== "note"),
  );
}

function article(item: ReportItem, id: number): string {
  const { address, text, status, lines, remarks, problems } = item;
  return [
    `<article id="c${id}" data-at="${id}">`,
    `<h3>${sign(item)} <code>${escapeMarkup(address)}</code> <span class="${status}">${escapeMarkup(text)}</span></h3>`,
    ...problems.map((one) => `<p class="problem">${escapeMarkup(one)}</p>`),
    ...remarks.map((one) => `<p class="${one.severity}">${escapeMarkup(one.text)}</p>`),
    ...(lines.length === 0 ? [] : [`<pre>${difference(lines)}</pre>`]),
    "</article>",
  ].join("\n");
}

function sign({ symbol }: ReportItem): string {
  return `<span class="sign ${signs[symbol] ?? "skipped"}">${escapeMarkup(symbol)}</span>`;
}

/** Lines of one sign that follow each other are one element: large plans have many. */
function difference(lines: readonly ReportLine[]): string {
  const runs: { readonly element: string | undefined; readonly texts: string[] }[] = [];
  for (const { sign: own, text } of lines) {
    const element = own === "+" ? "ins" : own === "-" ? "del" : undefined;
    const last = runs.at(-1);
    if (last?.element === element && last !== undefined) last.texts.push(escapeMarkup(text));
    else runs.push({ element, texts: [escapeMarkup(text)] });
  }
  return runs
    .map(({ element, texts }) => {
      const text = texts.join("\n");
      return element === undefined ? `<span>${text}</span>` : `<${element}>${text}</${element}>`;
    })
    .join("");
}
