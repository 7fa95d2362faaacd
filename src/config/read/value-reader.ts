import type { AliasEvent, Event, ScalarEvent } from "js-yaml";
import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from "js-yaml";
import type { Json } from "../../core/json/json.js";
import { pointer } from "../../core/json/pointer.js";
import type { Problem } from "../problem.js";
import { maxDepth } from "./depth.js";
import type { CollectionEvent, NodeEvent } from "./event-cursor.js";
import { aliasTargets, EventCursor } from "./event-cursor.js";
import { findKeyProblem, isBehindValue } from "./key-problems.js";
import type { Key } from "./node-places.js";
import { NodePlaces } from "./node-places.js";
import { checkPlainText } from "./plain-text.js";
import { ReaderFindings } from "./reader-findings.js";
import { fitsCollection, fullTag, isKnownTag, scalarValue } from "./scalars.js";
import type { Source, Span } from "./source.js";
import * as problems from "./value-messages.js";

/** The most nodes that all aliases of a file may stand for together. */
const maxAliasedNodes = 100_000;

/** The most keys that are kept as good ones: those of all users need not be. */
const mostGoodKeys = 1000;

/** The differences between the source and the text that was parsed. */
export interface Rewritten {
  /** Spans of scalars that were replaced: their values can't be read. */
  readonly repairs: readonly Span[];
  /** Offsets of moved brackets: those that close a collection are removed from the set. */
  readonly brackets: Set<number>;
}

/**
 * Turns the parser's events into plain data and the place of every node, in one pass. Problems are collected; the value of
 * a node with a problem is null.
 */
export class ValueReader {
  readonly findings: ReaderFindings;
  readonly places = new NodePlaces();
  readonly #source: Source;
  readonly #events: readonly Event[];
  readonly #repairs: readonly Span[];
  readonly #cursor: EventCursor;
  /** Event of each alias -> event of the node that the alias stands for. */
  readonly #targets: ReadonlyMap<number, number>;
  /** The names of all anchors that aliases stand for. */
  readonly #aliasedNames: ReadonlySet<string>;
  /** Event of each node with an anchor -> number of the node in `places`. */
  readonly #anchored = new Map<number, number>();
  /** Events of the mappings and lists with an anchor that are being read. */
  readonly #open = new Set<number>();
  /** The names and positions of the value that is being read, from the top. */
  readonly #path: (string | number)[] = [];
  /** Keys without quotes that have no problem. Hot path: `settings` is a key of every user, and need not be checked again. */
  readonly #goodKeys = new Map<string, string>();
  #aliasedNodes = 0;
  /** The outermost alias whose target is being read. */
  #alias: Span | undefined;

  constructor(source: Source, events: readonly Event[], rewritten: Rewritten) {
    this.findings = new ReaderFindings(source);
    this.#source = source;
    this.#events = events;
    this.#repairs = rewritten.repairs;
    this.#cursor = new EventCursor(source.text, events, rewritten.brackets);
    this.#targets = aliasTargets(source.text, events);
    this.#aliasedNames = new Set(
      Array.from(this.#targets.keys(), (index) => this.#anchorName(events[index])),
    );
  }

  /** Reads the document. */
  read(): Json {
    return this.#node();
  }

  #node(key?: Key): Json {
    const { node: event, index, span } = this.#cursor;
    if (this.#alias !== undefined) {
      this.#aliasedNodes++;
      return this.#aliasedNodes > maxAliasedNodes ? this.#aliasBomb() : this.#value(event, index, span);
    }
    const place = key === undefined ? this.#cursor.itemSpan(span, this.#path.at(-1) === 0) : span;
    const node = this.places.open(key, place);
    if (event.anchorStart >= 0) this.#anchored.set(index, node);
    const value = this.#value(event, index, span, node);
    this.places.close(node, this.#cursor.end);
    return value;
  }

  /** @param node number of the node in `places`; undefined for a copy by an alias */
  #value(event: NodeEvent, index: number, span: Span, node?: number): Json {
    if (event.type === EVENT_ID.ALIAS) return this.#aliased(event, index, node);
    if (this.#path.length > maxDepth) {
      const [start] = this.#cursor.skip();
      return this.#unusable([start, start + 1], problems.tooDeep(maxDepth));
    }
    const tag = this.#tag(event);
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event, tag, this.#cursor.enter(span));
    const isMapping = event.type === EVENT_ID.MAPPING;
    if (isMapping && this.#source.text.startsWith("{{", event.start)) {
      const whole = this.#cursor.skip(span);
      return this.#unusable(whole, problems.templateBraces(this.#source.text.slice(...whole)));
    }
    if (tag !== undefined && !fitsCollection(tag, isMapping ? "map" : "seq")) {
      this.#cursor.skip();
      return this.#badTag(event, tag);
    }
    if (event.anchorStart >= 0) this.#open.add(index);
    this.#cursor.enter(span);
    const value = isMapping ? this.#members(event.style === COLLECTION_STYLE.BLOCK, node) : this.#items();
    this.#cursor.leave(event, index);
    this.#open.delete(index);
    return value;
  }

  #members(isBlock: boolean, node: number | undefined): Json {
    const result: Record<string, Json> = {};
    for (let isFirst = true; !this.#cursor.isAtEnd; isFirst = false) {
      const { end } = this.#cursor;
      const key = this.#key();
      const { name, span } = key;
      if (isBlock && !isFirst && isBehindValue(this.#source.text, span[0], end))
        this.findings.addError(span, problems.textAfterValue);
      if (name !== undefined && (isFirst || !Object.hasOwn(result, name))) {
        result[name] = this.#child(name, key);
        continue;
      }
      // A copy by an alias repeats what is reported at the anchor.
      if (name !== undefined && node !== undefined) this.#duplicateKey(span, this.places.getKey(node, name));
      this.findings.partial.add(this.#pointer);
      // Problems in the value are reported too, but the value has no place in the result.
      this.#child("<<", { name: undefined, span });
    }
    return result;
  }

  #items(): Json {
    const items: Json[] = [];
    while (!this.#cursor.isAtEnd) items.push(this.#child(items.length));
    return items;
  }

  #child(name: string | number, key?: Key): Json {
    this.#path.push(name);
    const value = this.#node(key);
    this.#path.pop();
    return value;
  }

  #aliased(event: AliasEvent, index: number, node?: number): Json {
    const name = this.#anchorName(event);
    const target = this.#targets.get(index);
    const span = this.#cursor.skip();
    if (target === undefined) return this.#unusable(span, problems.unknownAlias(name));
    if (this.#open.has(target)) return this.#unusable(span, problems.aliasCycle(name));
    if (node !== undefined) this.places.setTarget(node, this.#anchored.get(target) ?? 0);
    const behind = this.#cursor.position;
    const outer = this.#alias;
    this.#alias ??= span;
    this.#cursor.position = { index: target, end: 0 };
    const value = this.#node();
    this.#cursor.position = behind;
    this.#alias = outer;
    return value;
  }

  #duplicateKey(span: Span, first: Span | undefined): void {
    const related =
      first === undefined ? [] : [{ ...this.#source.placeAt(first), label: "first written here" }];
    this.findings.addError(span, problems.duplicateKey, related);
  }

  #key(): Key {
    const event = this.#cursor.node;
    const tag = this.#tag(event);
    const span = this.#cursor.skip();
    if (event.type !== EVENT_ID.SCALAR) {
      const written = this.#source.text.slice(...span);
      const isTemplate = written.startsWith("{{");
      return this.#badKey(span, isTemplate ? problems.templateBraces(written) : problems.keyNotAString);
    }
    if (this.#isRepaired(span)) return { name: undefined, span };
    const isPlain = tag === undefined && event.style === SCALAR_STYLE.PLAIN;
    const good = isPlain ? this.#goodKeys.get(getScalarValue(this.#source.text, event)) : undefined;
    if (good !== undefined) return { name: good, span };
    const value = scalarValue(event, tag, this.#source.text);
    if (value === undefined) {
      this.#reportTag(event, tag ?? "");
      return { name: undefined, span };
    }
    const isText = !isPlain || typeof value === "string";
    const name = isText ? String(value) : getScalarValue(this.#source.text, event);
    if (value === null && (name === "" || !isPlain)) return this.#badKey(span, problems.keyNotAString);
    const found = findKeyProblem(name, isPlain);
    if (found?.at !== undefined)
      return this.#badKey([span[0] + found.at, span[0] + found.at + 1], found.problem);
    if (found !== undefined) return this.#badKey(span, found.problem);
    if (!isPlain || this.#isCopy) return { name, span };
    const isAmbiguous = this.findings.checkReading(name, this.#path, true);
    if (!isAmbiguous && this.#goodKeys.size < mostGoodKeys) this.#goodKeys.set(name, name);
    return { name, span };
  }

  #badKey(span: Span, problem: Problem): Key {
    this.findings.addError(span, problem);
    return { name: undefined, span };
  }

  #scalar(event: ScalarEvent, tag: string | undefined, span: Span): Json {
    if (this.#isRepaired(span)) {
      this.findings.unresolved.add(this.#pointer);
      return null;
    }
    const value = scalarValue(event, tag, this.#source.text);
    if (value === undefined) return this.#badTag(event, tag ?? "");
    if (typeof value === "string" && tag === undefined && event.style === SCALAR_STYLE.PLAIN) {
      const found = checkPlainText(this.#source.text, span, value);
      if (found?.isUnusable === true) return this.#unusable(found.at, found.problem);
      if (found !== undefined) this.findings.addError(found.at, found.problem);
      if (!this.#isCopy) this.findings.checkReading(value, this.#path, false);
      this.#checkAnchor(event, span);
    }
    if (
      value === "" &&
      (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK)
    )
      return this.#unusable(span, problems.emptyBlockText);
    if (typeof value === "number" && !Number.isFinite(value))
      return this.#unusable(span, problems.notFinite(this.#source.text.slice(...span)));
    if (typeof value === "number" && !this.#isCopy)
      this.findings.checkSpelling(value, getScalarValue(this.#source.text, event), this.#path);
    return value;
  }

  /** Reports an anchor that no alias uses: text that begins with & loses its first word. */
  #checkAnchor(event: ScalarEvent, [, end]: Span): void {
    const name = this.#anchorName(event);
    if (name === "" || this.#aliasedNames.has(name)) return;
    const at: Span = [event.anchorStart - 1, end];
    this.findings.addWarning(at, problems.unusedAnchor(`&${name}`, this.#source.text.slice(...at)));
  }

  #anchorName(event: Event | undefined): string {
    if (event === undefined || !("anchorStart" in event) || event.anchorStart < 0) return "";
    return this.#source.text.slice(event.anchorStart, event.anchorEnd);
  }

  #isRepaired([from, to]: Span): boolean {
    return this.#repairs.some(([start, end]) => start < to && from < end);
  }

  #aliasBomb(): null {
    this.#cursor.skip();
    this.findings.unresolved.add(this.#pointer);
    if (this.#aliasedNodes === maxAliasedNodes + 1 && this.#alias !== undefined)
      this.findings.addError(this.#alias, problems.aliasBomb(maxAliasedNodes));
    return null;
  }

  #badTag(event: ScalarEvent | CollectionEvent, tag: string): null {
    this.findings.unresolved.add(this.#pointer);
    this.#reportTag(event, tag);
    return null;
  }

  #reportTag(event: ScalarEvent | CollectionEvent, tag: string): void {
    const { tagStart, tagEnd } = event;
    const text = event.type === EVENT_ID.SCALAR ? getScalarValue(this.#source.text, event) : "";
    const written = this.#source.text.slice(tagStart, tagEnd);
    this.findings.addError(
      [tagStart, tagEnd],
      isKnownTag(tag) ? problems.wrongTag(written) : problems.unknownTag(written, text),
    );
  }

  /** Reports a value that can't be used. The schema does not report the value again. */
  #unusable(span: Span, problem: Problem): null {
    this.findings.unresolved.add(this.#pointer);
    this.findings.addError(span, problem);
    return null;
  }

  /** True within a copy by an alias: what is found there is reported at the anchor. */
  get #isCopy(): boolean {
    return this.#alias !== undefined;
  }

  get #pointer(): string {
    return pointer(...this.#path);
  }

  #tag(event: NodeEvent): string | undefined {
    if (event.type === EVENT_ID.ALIAS || event.tagStart < 0) return undefined;
    const document = this.#events[0];
    const directives = document?.type === EVENT_ID.DOCUMENT ? document.directives : [];
    return fullTag(this.#source.text.slice(event.tagStart, event.tagEnd), directives);
  }
}
