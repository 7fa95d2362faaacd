import { safe } from "../../core/safe-text.js";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that others wrote for HTML and XML, in content and in attributes: it neither acts nor misleads. */
export function escapeMarkup(text: string): string {
  return safe(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? one);
}
