/** The compiled schema of saved plans. Made by scripts/generate.mjs (not in git): starting chatform compiles no schema. */
import type { Validator } from "./validator.cjs";

export const validatePlan: Validator;
