import type { Json } from "../../core/json/json.js";
import type { DepartedUser } from "../../core/people/org-people.js";

/** A message to display. Its texts come from the service and are untrusted. */
export interface ShownMessage {
  readonly id: string;
  readonly threadId?: string;
  readonly sender?: string;
  /** ISO 8601. */
  readonly sent?: string;
  readonly edited: boolean;
  readonly body: string;
  readonly reactions: readonly { readonly emoji: string; readonly count: number }[];
}

/** Sources by user id: "group Support". */
export type PersonSources = Readonly<Record<string, readonly string[]>>;

/** A live chat to display. */
export interface ShownChat {
  /** `jid`, `subject`, settings and the like, by name, in order. */
  readonly facts: readonly (readonly [name: string, value: Json])[];
  readonly owners: readonly string[];
  readonly participants: readonly string[];
  readonly pins: readonly ShownMessage[];
  /** Oldest first. */
  readonly messages: readonly ShownMessage[];
  /** Names (or e-mails) by user id. */
  readonly people: Readonly<Record<string, string>>;
  /** The state of the departed users among them, by user id. */
  readonly departed: Readonly<Record<string, DepartedUser["state"]>>;
  /** The sources that each person came from at the last apply, by list: `participants`. */
  readonly sources: Readonly<Record<string, PersonSources>>;
}
