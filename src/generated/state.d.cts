/** The compiled schema of the state. Made by scripts/generate.mjs (not in git): starting chatform compiles no schema. */
import type { Validator } from "./validator.cjs";

export const validateState: Validator;
