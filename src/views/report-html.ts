import { createHash } from "node:crypto";
import type { Diagnostic } from "../core/diagnostic.js";
import { escapeMarkup } from "./markup.js";
import type { Report, ReportGroup, ReportItem } from "./report.js";
import { alarmsOf, countsOf, groupsOf } from "./report.js";
import { script, stylesheet } from "./report-html-assets.js";

/** A report as one HTML file: it loads nothing, runs nothing but its own search, and is light or dark as the reader is. */
export function reportHtml(report: Report): string {
  const groups = groupsOf(report.items);
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
    "<main>",
    ...report.problems.map(problem),
    ...alarms(report),
    facts(report),
    ...(groups.length === 0 ? [] : [search(report.items.length)]),
    ...groups.map(section),
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

function problem({ summary, detail, help, address }: Diagnostic): string {
  const at = address === undefined ? "" : ` <code>${escapeMarkup(address)}</code>`;
  const text = [detail, help].filter(Boolean).join(" ");
  return `<p class="alarm" role="alert"><strong>${escapeMarkup(summary)}</strong>${at} ${escapeMarkup(text)}</p>`;
}

function alarms(report: Report): readonly string[] {
  return alarmsOf(report).map(
    ({ address, remark }) =>
      `<p class="alarm" role="alert"><strong>${remark.severity === "error" ? "Can't be applied" : "Data loss"}</strong> <code>${escapeMarkup(address)}</code> ${escapeMarkup(remark.text)}</p>`,
  );
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
    `<output id="found" for="search">${items.toLocaleString("en-US")} shown</output></p>`,
  ].join("");
}

function section({ name, items }: ReportGroup): string {
  return [
    `<details class="group"${items.some(needsAttention) ? " open" : ""}>`,
    `<summary><code>${escapeMarkup(name)}</code> <span>${escapeMarkup(countsOf(items))}</span></summary>`,
    ...items.map(article),
    "</details>",
  ].join("\n");
}

function needsAttention({ status, remarks }: ReportItem): boolean {
  return status === "failed" || remarks.some(({ severity }) => severity !== "note");
}

function article({ address, symbol, text, status, lines, remarks, problems }: ReportItem): string {
  return [
    `<article class="${status}">`,
    `<h2><span class="sign">${escapeMarkup(symbol)}</span> <code>${escapeMarkup(address)}</code> ${escapeMarkup(text)}</h2>`,
    ...problems.map((one) => `<p class="problem">${escapeMarkup(one)}</p>`),
    ...remarks.map((one) => `<p class="${one.severity}">${escapeMarkup(one.text)}</p>`),
    ...(lines.length === 0 ? [] : [`<pre>${lines.map(line).join("\n")}</pre>`]),
    "</article>",
  ].join("\n");
}

function line(text: string): string {
  const [, mark] = /^\s*([+-]) /.exec(text) ?? [];
  const escaped = escapeMarkup(text);
  if (mark === undefined) return escaped;
  return mark === "+" ? `<ins>${escaped}</ins>` : `<del>${escaped}</del>`;
}
