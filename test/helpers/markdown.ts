import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";

/** Renders markdown as GitHub does, before it removes forbidden elements. */
export function renderMarkdown(text: string): string {
  return micromark(text, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** The names of the elements in it, each once, sorted. */
export function getElements(html: string): readonly string[] {
  const names = [...html.matchAll(/<\/?([a-z][\w-]*)/gi)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set(names)].sort();
}

/** Returns the text outside code, in which GitHub finds mentions and references. */
export function actingText(html: string): string {
  return html
    .replace(/<pre>[\s\S]*?<\/pre>/g, "")
    .replace(/<code>[\s\S]*?<\/code>/g, "")
    .replace(/<[^>]*>/g, "");
}
