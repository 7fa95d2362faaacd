import type { AliasEvent, Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";
import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE } from "js-yaml";
import { InternalError } from "../../core/diagnostic.js";
import type { Span } from "./source.js";

export type CollectionEvent = SequenceEvent | MappingEvent;
export type NodeEvent = ScalarEvent | AliasEvent | CollectionEvent;

/** An event, and the end of the text that belongs to the events before it. */
export interface CursorPosition {
  readonly index: number;
  readonly end: number;
}

/**
 * Walks the parser's events, and computes the span of each node. An event says where a scalar is and where a collection
 * begins. Where a collection ends follows from the nodes within it, and for brackets from the text behind these nodes.
 */
export class EventCursor {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #moved: Set<number>;
  /** The next event. Event 0 begins the document. */
  #index = 1;
  #end = 0;

  /** @param moved offsets of closing brackets: those that close a collection are removed from the set */
  constructor(text: string, events: readonly Event[], moved: Set<number>) {
    this.#text = text;
    this.#events = events;
    this.#moved = moved;
  }

  /** The number of the next event. */
  get index(): number {
    return this.#index;
  }

  /** The end of the text that belongs to the events before the next one. */
  get end(): number {
    return this.#end;
  }

  get position(): CursorPosition {
    return { index: this.#index, end: this.#end };
  }

  set position({ index, end }: CursorPosition) {
    this.#index = index;
    this.#end = end;
  }

  /** The next node, in front of which the cursor is. */
  get node(): NodeEvent {
    const event = this.#events[this.#index];
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      throw new InternalError("the YAML parser gave no event for a node");
    return event;
  }

  /** Says whether no node is left in the collection that was entered. */
  get isAtEnd(): boolean {
    return this.#events[this.#index]?.type === EVENT_ID.POP;
  }

  /** The span of the next node, without its tag and anchor; of a collection only the first character. */
  get span(): Span {
    const event = this.node;
    if (event.type === EVENT_ID.ALIAS) return [event.anchorStart - 1, event.anchorEnd];
    return event.type === EVENT_ID.SCALAR ? this.#scalarSpan(event) : [event.start, event.start + 1];
  }

  /** Returns the span of the next item of a list; of an empty item the hyphen. A list begins with that of its first item. */
  itemSpan(span: Span, isFirst: boolean): Span {
    if (span[0] !== span[1]) return span;
    const at = isFirst ? span[0] - 1 : this.#skipSpace(/(?:\s|#[^\n\r]*)*/y, span[0]);
    return this.#text[at] === "-" ? [at, at + 1] : span;
  }

  /** Moves behind the next node, and everything in it. Returns its span. @param start what `span` returned */
  skip(start = this.span): Span {
    const index = this.#index;
    const event = this.node;
    const span = this.enter(start);
    if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) return span;
    while (!this.isAtEnd) this.skip();
    this.leave(event, index);
    return [span[0], this.#end];
  }

  /** Moves behind a scalar or an alias, or in front of the first node of a collection. Returns its span. @param span what `span` returned */
  enter(span = this.span): Span {
    this.#end = Math.max(this.#end, span[1]);
    this.#index++;
    return span;
  }

  /** Moves from the end of a collection's nodes behind the collection. @param index of its event */
  leave(event: CollectionEvent, index: number): void {
    this.#index++;
    if (!this.#hasBrackets(event, index)) return;
    const bracket = this.#skipSpace(/(?:[\s,:?]|#[^\n\r]*)*/y, this.#end);
    this.#moved.delete(bracket);
    this.#end = bracket + 1;
  }

  /** A pair in a list with brackets (`[a: b]`) is a mapping without braces, though its key may begin with a brace. */
  #hasBrackets(event: CollectionEvent, index: number): boolean {
    if (event.style !== COLLECTION_STYLE.FLOW) return false;
    if (event.type === EVENT_ID.SEQUENCE) return true;
    const first = this.#events[index + 1];
    const isPair = first?.type === EVENT_ID.MAPPING && first.start === event.start;
    return this.#text[event.start] === "{" && !isPair;
  }

  /** The span of a scalar with its quotes or its block header (`|`). */
  #scalarSpan({ valueStart, valueEnd, style, tagEnd, anchorEnd }: ScalarEvent): Span {
    const before = Math.max(tagEnd, anchorEnd, this.#end);
    if (valueStart < 0) return [before, before];
    if (style === SCALAR_STYLE.PLAIN) return [valueStart, valueEnd];
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED)
      return [valueStart - 1, valueEnd + 1];
    return [this.#skipSpace(/(?:[\s:?-]|#[^\n\r]*)*/y, before), valueEnd];
  }

  #skipSpace(space: RegExp, from: number): number {
    space.lastIndex = from;
    space.test(this.#text);
    return space.lastIndex;
  }
}

/** Maps the event of each alias to the event of the last node before it that has its anchor. Unknown ones are left out. */
export function aliasTargets(text: string, events: readonly Event[]): ReadonlyMap<number, number> {
  const anchors = new Map<string, number>();
  const targets = new Map<number, number>();
  // Most files have no alias: then the events need not be searched.
  if (!text.includes("*")) return targets;
  for (const [index, event] of events.entries()) {
    if (!("anchorStart" in event) || event.anchorStart < 0) continue;
    const name = text.slice(event.anchorStart, event.anchorEnd);
    const target = anchors.get(name);
    if (event.type !== EVENT_ID.ALIAS) anchors.set(name, index);
    else if (target !== undefined) targets.set(index, target);
  }
  return targets;
}
