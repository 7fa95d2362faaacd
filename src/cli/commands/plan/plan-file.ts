import type { DiagnosticCode } from "../../../core/diagnostic-codes.js";
import { readBoundedFile, TooLargeError } from "../../../core/bounded-file.js";
import { planChecksum } from "../../../core/plan/plan-checksum.js";
import { DiagnosticsError } from "../../../core/diagnostic.js";
import type { Json, JsonObject } from "../../../core/json/json.js";
import { isArray, isObject, sameJson } from "../../../core/json/json.js";
import type { Plan } from "../../../core/plan/plan.js";
import { shellWord } from "../../../core/shell-word.js";
import { VERSION } from "../../../core/version.js";
import { Cipher } from "../../../state/encryption/cipher.js";
import { StateError } from "../../../state/errors.js";
import { writeDurably } from "../../../state/local/durable-file.js";
import type { PlanOrigin } from "../../../views/plan/plan-json.js";
import { planFormat } from "../../../views/plan/plan-json.js";
import { errorReason } from "../../output/errors.js";
import type { SavedPlan } from "./show-plan.js";
import { savedPlanToJson } from "./show-plan.js";
import { UsageError } from "../../parse/usage-error.js";

/** Saves a plan; only its owner may read it. @param options the name of the file, as given; the cipher of the run @throws UsageError when it can't be written */
export async function writePlanFile(
  path: string,
  text: string,
  { name = path, cipher = new Cipher() }: { readonly name?: string; readonly cipher?: Cipher } = {},
): Promise<void> {
  try {
    await writeDurably(path, await cipher.seal("plan", text));
  } catch (error) {
    throw new UsageError(`The plan can't be saved: ${name}: ${errorReason(error)}.`);
  }
}

/**
 * Reads a saved plan, to be applied.
 *
 * @throws DiagnosticsError as `readPlanFile` does, and when the plan was refused when it was made
 */
export async function readApplyablePlan(
  path: string,
  name: string,
  cipher = new Cipher(),
): Promise<SavedPlan> {
  const saved = await readPlanFile(path, name, cipher);
  if (saved.applyable) return saved;
  throw problem(
    "plan-refused",
    `${name} was refused when it was made.`,
    "To see why the plan cannot be applied: chatform plan",
  );
}

/**
 * Reads a saved plan.
 *
 * @throws DiagnosticsError when it is not a plan, was edited, is of another version, or can't be decrypted
 */
export async function readPlanFile(path: string, name: string, cipher = new Cipher()): Promise<SavedPlan> {
  const value = parse(await decrypted(await readContent(path, name), name, cipher), name);
  const own = isObject(value) ? value["chatform"] : undefined;
  if (!isObject(own) || typeof own["version"] !== "string")
    throw problem("not-a-plan", `${name} is not a chatform plan.`);
  if (own["format"] !== planFormat || own["version"] !== VERSION) {
    throw problem(
      "plan-of-other-version",
      `${name} was made by chatform ${own["version"]}; this is ${VERSION}.`,
    );
  }
  // Only saved plans need it: no other start loads it.
  const { validatePlan } = await import("../../../generated/plan.cjs");
  if (!validatePlan(value)) throw problem("not-a-plan", `${name} is not a complete plan.`);
  // The schema describes the type as far as it is read here; every value is compared below.
  const plan = own["plan"] as unknown as Plan;
  const origin = own["origin"] as unknown as PlanOrigin | undefined;
  const diagnostics = isObject(value) && isArray(value["diagnostics"]) ? value["diagnostics"] : [];
  const saved = {
    plan,
    applyable: isObject(value) && value["applyable"] === true,
    diagnostics: diagnostics.filter(isObject),
    ...(origin === undefined ? {} : { origin }),
  };
  // All of it: what people and policies read of a plan has to be what it does. The origin of a report is no part of the plan.
  const { report: _report, ...document } = value as JsonObject;
  if (planChecksum(plan) !== plan.checksum || !sameJson(document, savedPlanToJson(saved)))
    throw problem("plan-edited", `${name} was changed since it was saved.`);
  return saved;
}

/** The most bytes of a saved plan: a JavaScript string holds no more. */
const maxBytes = 512 * 1024 * 1024 - 1024;

async function readContent(path: string, name: string): Promise<string> {
  try {
    return (await readBoundedFile(path, { maxBytes })).toString("utf8");
  } catch (error) {
    const reason =
      error instanceof Error && "code" in error && error.code === "ENOENT"
        ? "the file does not exist"
        : error instanceof TooLargeError
          ? `${error.message}, the limit for a plan`
          : "the file cannot be read";
    const isFolder = error instanceof Error && "code" in error && error.code === "EISDIR";
    throw problem(
      "file-not-found",
      `${name}: ${isFolder ? "this is a folder" : reason}.`,
      isFolder
        ? `To name a folder of config files: -f ${shellWord(name)}`
        : "Save a plan: chatform plan --out FILE",
    );
  }
}

async function decrypted(content: string, name: string, cipher: Cipher): Promise<string> {
  try {
    return String((await cipher.open("plan", content, name)).content);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    if (error.code === "state-damaged")
      throw problem("plan-edited", `${name} was changed since it was saved.`);
    throw problem(error.code, error.detail, error.help);
  }
}

function parse(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw problem("not-a-plan", `${name} is not JSON.`);
  }
}

function problem(
  code: DiagnosticCode,
  detail: string,
  help = "Plan again: chatform plan --out FILE.",
): DiagnosticsError {
  return new DiagnosticsError([{ severity: "error", code, summary: "Unusable saved plan", detail, help }]);
}
