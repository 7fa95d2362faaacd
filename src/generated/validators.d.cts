/**
 * JSON Schema validators, compiled ahead of time by scripts/generate.mjs into validators.cjs (not in git): starting
 * chatform compiles no schema.
 */
import type { ErrorObject } from "ajv";

export interface Validator {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/** By name: `desiredState`, `state`, `plan`, and each request model of src/api/models.ts (`CreateRoomRequest`, ...). */
export const validators: Readonly<Record<string, Validator>>;
