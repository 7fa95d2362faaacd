import { createRequire } from "node:module";

/** The used part of Ajv 6, which supports the draft of SARIF's schema. */
type Validator = ((data: unknown) => boolean) & { readonly errors?: readonly unknown[] | null };
interface Ajv6 {
  addMetaSchema(schema: unknown): void;
  compile(schema: unknown): Validator;
}

// The package brings the schema of SARIF 2.1.0, and an Ajv for it.
const packaged = createRequire(createRequire(import.meta.url).resolve("@microsoft/jest-sarif/package.json"));
const Ajv = packaged("ajv") as new (options: object) => Ajv6;
const ajv = new Ajv({ schemaId: "auto", format: "full", allErrors: true });
ajv.addMetaSchema(packaged("ajv/lib/refs/json-schema-draft-04.json"));
const validate = ajv.compile(packaged("./lib/schemas/sarif-2.1.0-rtm.5.json"));

/** Returns the errors of a document by SARIF's schema. */
export function sarifErrors(document: unknown): readonly unknown[] {
  return validate(document) ? [] : (validate.errors ?? []);
}
