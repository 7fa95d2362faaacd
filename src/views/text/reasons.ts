/* Why values change, as plans, drift and reports show it beside each value. */
import type { Json } from "../../core/json/json.js";
import { groupBy } from "../../core/multimap.js";
import type { Because, Place } from "../../core/plan/because.js";
import { safeLine } from "../../core/safe-text.js";
import type { Ink, Segment } from "./line.js";

/** Characters of a reason that are shown. */
const maxLength = 120;

/** The reasons of one change, by attribute and by element. */
export class Reasons {
  readonly #byPath: ReadonlyMap<string | undefined, readonly Because[]>;
  readonly #people = new Map<string, ReadonlyMap<Json | undefined, Because>>();

  constructor(because: readonly Because[]) {
    this.#byPath = groupBy(because, ({ path }) => path);
  }

  /** The reason of the whole resource. */
  get resource(): Because | undefined {
    return this.#byPath.get(undefined)?.[0];
  }

  /** Returns the reason of a whole attribute; undefined if it is that of the whole resource, too. */
  forAttribute(path: string): Because | undefined {
    const found = this.#byPath.get(path)?.find(({ user }) => user === undefined);
    return found?.text === this.resource?.text && found?.source === this.resource?.source ? undefined : found;
  }

  /** Returns the reason of an element of a list. */
  forElement(path: string, element: Json): Because | undefined {
    const known = this.#people.get(path);
    const elements =
      known ?? new Map((this.#byPath.get(path) ?? []).map((because) => [because.user, because] as const));
    if (known === undefined) this.#people.set(path, elements);
    return elements.get(element);
  }
}

/** No reasons are known. */
export const noReasons = new Reasons([]);

/** Reasons that go without saying: the config changed, and `destroy` destroys. */
const plain: ReadonlySet<string> = new Set(["declared", "changed in the config", "destroyed"]);

/** Returns the reason in words: "left group Support"; "" where nothing needs to be explained. */
export function reasonText({ text }: Because): string {
  return plain.has(text) ? "" : safeLine(text, maxLength);
}

/** Returns `chatform.yaml:12`; for a row of a template, `chatform.yaml:12, rooms.csv:3`. */
export function placeText(place: Place, toPath: (file: string) => string = (file) => file): string {
  return `${safeLine(toPath(place.file))}:${place.line}${rowText(place, toPath)}`;
}

/**
 * Returns `, rooms.csv:3` for a row of a template, and "" for other places. The file of the row stands as the config names it, if it
 * lies in or below the template's folder.
 */
export function rowText({ file, row }: Place, toPath: (file: string) => string = (path) => path): string {
  if (row === undefined) return "";
  const [template, path] = [toPath(file), toPath(row.file)];
  const folder = template.slice(0, template.lastIndexOf("/") + 1);
  return `, ${safeLine(path.startsWith(folder) ? path.slice(folder.length) : path)}:${row.line}`;
}

/** Returns a reason as a comment: `# left group Support (chatform.yaml:12)`, `# chatform.yaml:12`; undefined where there is nothing to say. */
export function reasonComment(because: Because | undefined): Segment | undefined {
  if (because === undefined) return undefined;
  const { reason, place } = because;
  const text = reasonText(because);
  const at = place === undefined ? "" : placeText(place);
  if (text === "" && at === "") return undefined;
  const ink: Ink = reason === "both-changed" ? "yellow" : "dim";
  return [ink, text === "" ? `# ${at}` : at === "" ? `# ${text}` : `# ${text} (${at})`];
}
