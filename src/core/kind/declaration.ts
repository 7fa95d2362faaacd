import type { DiagnosticCode } from "../diagnostic-codes.js";
import type { Address } from "../address.js";
import type { JsonObject } from "../json/json.js";
import type { Pointer } from "../json/pointer.js";

/** The place of a kind's block in the desired state: the values of the pattern's `*`. */
export interface BlockPath {
  /** `["incident-bridge", "rules"]` for `rooms/ROOM/messages/NAME`. */
  readonly names: readonly string[];
  readonly pointer: Pointer;
}

/** A rule of the kind that a declared block breaks. */
export interface Problem {
  readonly code: DiagnosticCode;
  readonly summary: string;
  readonly detail: string;
  readonly help?: string;
  /** Its place in the whole document. */
  readonly pointer: Pointer;
  /** Puts the caret under the member's name rather than its value. */
  readonly atKey?: boolean;
}

/** Members that a kind adds to the schema of the desired state. */
export interface Declaration {
  /** A path of the desired state with `*` for names: `rooms/*`; "" is the top level. */
  readonly at: string;
  /** JSON Schemas by member name. */
  readonly properties: Readonly<Record<string, JsonObject>>;
  /** JSON Schema of the names at the last `*`. */
  readonly names?: JsonObject;
  readonly required?: readonly string[];
  readonly description?: string;
  /** The members of a named block may be declared in several files. Default: false, one file declares the whole block. */
  readonly isSplit?: boolean;
  /** The names at the last `*` are the same in upper and lower case. */
  readonly lowerCaseNames?: boolean;
}

/** Readable forms of ids, for export. */
export interface NameLookup {
  /** Returns a user's e-mail, or the id where the e-mail is unknown. */
  readonly user: (id: string) => string;
  /** Returns the address of a live object that is exported too. */
  readonly address: (id: string) => Address | undefined;
}
