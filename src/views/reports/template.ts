import { safe } from "../../core/safe-text.js";

/** Markup that is inserted as it is: made by `html`, or a file of this package. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template. Text is escaped; lists are joined by line breaks. */
type Value = string | number | Markup | readonly Markup[];

/** Returns markup in which every interpolated text is escaped: html`<h1>${headline}</h1>`. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const filled = parts.slice(1).map((part, at) => {
    const text = toMarkup(values[at] ?? "");
    // A parser reads a line break in an attribute as a space.
    return `${parts[at]?.endsWith('="') === true ? text.replaceAll("\n", "&#10;") : text}${part}`;
  });
  return new Markup(`${parts[0] ?? ""}${filled.join("")}`);
}

/** The same for XML, which the formatter of this code leaves as it is: white space is content there. */
export function xml(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return html(parts, ...values);
}

/** Returns a page with its {{slots}} filled, escaped as by `html`. A slot without a value stays empty. */
export function fillSlots(page: string, values: Readonly<Record<string, Value>>): string {
  return page.replaceAll(/\{\{(\w+)\}\}/g, (_slot, name: string) => toMarkup(values[name] ?? ""));
}

function toMarkup(value: Value): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("\n");
  return escapeMarkup(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for the content and the attributes of HTML and XML, and characters that act or mislead as `safe` does. */
export function escapeMarkup(text: string): string {
  return safe(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);
}
