/** The compiled models of requests. Made by scripts/generate.mjs (not in git): starting chatform compiles no schema. */
import type { Validator } from "./validator.cjs";

/** By the name of the model in src/api/operations/models.ts (`CreateRoomRequest`, ...). */
export const requestValidators: Readonly<Record<string, Validator>>;
