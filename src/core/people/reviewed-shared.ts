import type { Id } from "../calls/reference.js";
import type { JsonObject } from "../json/json.js";
import { sameJson } from "../json/json.js";
import type { LeftOrigin } from "../explain/origin-reasons.js";
import type { EntryKey, SourceMembers } from "./people-lists.js";
import { entryKey, findException } from "./people-lists.js";
import type { RecordedOrigin, ResolvedShared, SharedDeclaration } from "./shared-declaration.js";
import { originSources, toOrigin } from "./shared-declaration.js";

/** A block for many users as it was applied. */
export interface RecordedShared {
  readonly entry: string;
  readonly members: readonly EntryKey[];
  readonly except: readonly EntryKey[];
  readonly attributes: JsonObject;
}

/** Returns what the state records of a block. */
export function toRecordedShared({ entry, members, except, attributes }: SharedDeclaration): RecordedShared {
  const keys = (ids: SharedDeclaration["members"]): readonly EntryKey[] =>
    ids.map((id) => entryKey(id as Id));
  return { entry, members: keys(members), except: keys(except), attributes };
}

/**
 * The blocks of the last apply, beside those of the config. A repair follows people who join, move and leave only as far as the
 * applied blocks give them the same: otherwise, it would apply an edit of a block.
 */
export class ReviewedShared {
  readonly #recorded: ReadonlyMap<string, RecordedShared>;
  readonly #declared: ReadonlyMap<string, RecordedShared>;
  readonly #entries: ReadonlyMap<string, ResolvedShared["entries"]>;
  /** The applied blocks of which the config's give nobody to other blocks. */
  readonly #kept: ReadonlySet<string>;

  /**
   * @param recorded in the order of the last apply
   * @param declared in the order of the config
   */
  constructor(recorded: readonly RecordedShared[], declared: readonly ResolvedShared[]) {
    this.#recorded = new Map(recorded.map((block) => [block.entry, block]));
    this.#declared = new Map(
      declared.map(({ declaration }) => [declaration.entry, toRecordedShared(declaration)]),
    );
    this.#entries = new Map(declared.map(({ declaration, entries }) => [declaration.entry, entries]));
    const kept = recorded.filter(
      (block, at) =>
        this.#leavesOut(block) && recorded.slice(0, at).every((earlier) => this.#goesBefore(earlier, block)),
    );
    this.#kept = new Set(kept.map(({ entry }) => entry));
  }

  /** Returns true if the config's block leaves out everybody whom the applied one leaves out. */
  #leavesOut({ entry, except }: RecordedShared): boolean {
    const now = this.#declared.get(entry);
    return now !== undefined && holds(now.except, except);
  }

  /** Returns true if the config's block goes before another, as it did, and surely gives everybody whom the applied one gives. */
  #goesBefore({ entry, members, except }: RecordedShared, other: RecordedShared): boolean {
    const now = this.#declared.get(entry);
    const order = [...this.#declared.keys()];
    return (
      now !== undefined &&
      order.indexOf(entry) < order.indexOf(other.entry) &&
      holds(now.members, members) &&
      holds(except, now.except) &&
      members.every((member) => !this.#isUnknown(entry, member))
    );
  }

  #isUnknown(entry: string, member: EntryKey): boolean {
    const isDeclared = this.#declared.get(entry)?.members.includes(member) === true;
    return isDeclared && this.#entries.get(entry)?.[member] === undefined;
  }

  /** Returns true if it is unknown whether a source of an origin still gives its users. */
  isUnknown(from: RecordedOrigin | undefined): boolean {
    return from !== undefined && originSources(from).some((source) => this.#isUnknown(from.entry, source));
  }

  /** Returns true if the attributes are those of an applied block, rather than of a user's own. */
  has(from: RecordedOrigin | undefined): boolean {
    return from !== undefined && this.#recorded.has(from.entry);
  }

  /** Returns the origin with its applied members; undefined: the applied blocks do not give a user of it these attributes. */
  getOrigin(from: RecordedOrigin | undefined, attributes: JsonObject): RecordedOrigin | undefined {
    const block = from === undefined ? undefined : this.#recorded.get(from.entry);
    if (from === undefined || block === undefined || !this.#kept.has(from.entry)) return undefined;
    const [first, ...others] = originSources(from).filter((source) => block.members.includes(source));
    return first === undefined || !sameJson(block.attributes, attributes)
      ? undefined
      : toOrigin(from.entry, [first, ...others]);
  }

  /**
   * Returns the users whom a member of a block gives now; undefined if the edited config may be the reason that it gives somebody no
   * more: the member is no longer declared, or the block leaves out others.
   */
  getUsers(entry: string, source: EntryKey): readonly string[] | undefined {
    const [then, now] = [this.#recorded.get(entry), this.#declared.get(entry)];
    const isSame = then !== undefined && now !== undefined && holds(then.except, now.except);
    return isSame ? this.#entries.get(entry)?.[source] : undefined;
  }

  /** Returns the end of the settings that a block gave a user. */
  toLeft({ entry, source }: RecordedOrigin, user: string, sources?: SourceMembers): LeftOrigin {
    return { source, exception: findException(source, user, sources, this.#declared.get(entry)?.except) };
  }

  /** Returns true if no source of an origin gives a user any more, and not because of an edit. */
  hasLeft(from: RecordedOrigin, user: string): boolean {
    return originSources(from).every((source) => this.getUsers(from.entry, source)?.includes(user) === false);
  }
}

function holds(all: readonly EntryKey[], some: readonly EntryKey[]): boolean {
  const known = new Set(all);
  return some.every((key) => known.has(key));
}
