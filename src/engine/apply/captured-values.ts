import { ApiError } from "../../api/errors.js";
import type { OperationName } from "../../api/operations/operations.js";
import { operation } from "../../api/operations/operations.js";
import type { Address } from "../../core/address.js";
import type { Call, Effect } from "../../core/calls/call.js";
import { InternalError } from "../../core/diagnostic.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { valueAt } from "../../core/json/pointer.js";
import type { Ref } from "../../core/calls/reference.js";
import { hasRefs, substitute } from "../../core/calls/reference.js";

/** Values that calls captured from their responses, for the calls that refer to them. */
export class CapturedValues {
  readonly #values = new Map<string, Json>();

  add(address: Address, field: string, value: Json): void {
    this.#values.set(`${address} ${field}`, value);
  }

  /** Returns an id that another change captured; undefined until then. */
  get({ $ref, field }: Ref): string | undefined {
    const value = this.#values.get(`${$ref} ${field}`);
    return typeof value === "string" ? value : undefined;
  }

  /**
   * Takes the captured values from a call's response.
   *
   * @throws ApiError (unclear) if the response lacks one
   */
  take(call: Call, address: Address, body: Json | undefined): readonly (readonly [string, Json])[] {
    const taken = Object.entries(call.captures ?? {}).map(([field, path]) => {
      const value = valueAt(body, path);
      if (typeof value !== "string" || value === "") throw withoutValue(call, path);
      return [field, value] as const;
    });
    for (const [field, value] of taken) this.add(address, field, value);
    return taken;
  }

  /** Returns true if the call refers to an object that this run creates. */
  isUsedBy(call: Call): boolean {
    return hasRefs(call.params) || hasRefs(call.body);
  }

  params(call: Call): Readonly<Record<string, string>> {
    return this.#resolved<Json>(call.params) as Readonly<Record<string, string>>;
  }

  body(call: Call): JsonObject {
    return this.#resolved(call.body ?? {});
  }

  effects(call: Call): readonly Effect[] {
    return this.#resolved(call.effects);
  }

  /** Returns the id of the room or user that a call works in: its path parameter. */
  container(call: Call): string | undefined {
    return Object.values(this.params(call))[0];
  }

  #resolved<T>(value: T): T {
    return substitute(value, (ref) => this.#value(ref));
  }

  #value({ $ref, field }: Ref): Json {
    const value = this.#values.get(`${$ref} ${field}`);
    if (value === undefined) throw new InternalError(`${field} of ${$ref} is used before it is known`);
    return value;
  }
}

function withoutValue(call: Call, path: string): ApiError {
  const { method, path: template } = operation(call.operation as OperationName);
  return new ApiError({
    operation: call.operation,
    method,
    path: template,
    outcome: "unclear",
    code: "bad.answer",
    reason: `the response has no ${path.slice(1)}`,
  });
}
