import type { ErrorObject } from "ajv";

/** A compiled JSON Schema: returns true for a valid value, and keeps the errors of the last value. */
export interface Validator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}
