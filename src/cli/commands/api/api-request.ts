import { resolve } from "node:path";
import type { ApiRequest } from "../../../api/api.js";
import type { OperationName } from "../../../api/operations/operations.js";
import {
  isOperation,
  operation,
  operations,
  buildPath,
  pathParams,
} from "../../../api/operations/operations.js";
import { readBoundedFile, readBoundedStream, TooLargeError } from "../../../core/bounded-file.js";
import type { Json } from "../../../core/json/json.js";
import { nearest } from "../../../core/nearest.js";
import { requestValidators } from "../../../generated/requests.cjs";
import type { Context } from "../../context.js";
import { errorReason } from "../../output/errors.js";
import { UsageError } from "../../parse/usage-error.js";

export interface ApiArgs {
  readonly operation?: string;
  /** NAME=VALUE each. */
  readonly param: readonly string[];
  readonly query: readonly string[];
  /** JSON, @FILE, or - for stdin. */
  readonly body?: string;
}

/**
 * Returns the request of a command line.
 *
 * @throws UsageError naming what is unknown, missing or wrong
 */
export async function apiRequest(args: ApiArgs, context: Context): Promise<ApiRequest> {
  const name = toOperation(args.operation);
  const params = single(named(args.param, "--param", pathParams(name), name));
  const missing = pathParams(name).filter((param) => (params[param] ?? "") === "");
  if (missing.length > 0)
    throw new UsageError(`${name} needs ${missing.map((one) => `--param ${one}=…`).join(" ")}.`);
  checkPath(name, params);
  const query = named(args.query, "--query", operation(name).query, name);
  const body = await readBody(name, args.body, context);
  return {
    operation: name,
    params,
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(body === undefined ? {} : { body }),
  };
}

function checkPath(name: OperationName, params: Readonly<Record<string, string>>): void {
  try {
    buildPath(name, params);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`${error.message}.`) : error;
  }
}

function toOperation(written: string | undefined): OperationName {
  if (written === undefined)
    throw new UsageError("An operation is required. To list them: chatform api --list.");
  if (isOperation(written)) return written;
  const close = nearest(written, Object.keys(operations));
  const hint = close === undefined ? "To list them: chatform api --list" : `Did you mean ${close}?`;
  throw new UsageError(`There is no operation "${written}". ${hint}`);
}

function named(
  pairs: readonly string[],
  option: string,
  known: readonly string[],
  name: string,
): Readonly<Record<string, readonly string[]>> {
  const result: Record<string, readonly string[]> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`${option} takes NAME=VALUE, not "${pair}".`);
    const key = pair.slice(0, at);
    if (!known.includes(key)) throw new UsageError(unknownName(key, option, known, name));
    result[key] = [...(result[key] ?? []), pair.slice(at + 1)];
  }
  return result;
}

function unknownName(key: string, option: string, known: readonly string[], name: string): string {
  if (known.length === 0) return `${name} takes no ${option}.`;
  const close = nearest(key, known);
  return `${name} has no ${option} "${key}". ${close === undefined ? `It has: ${known.join(", ")}.` : `Did you mean ${close}?`}`;
}

function single(values: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, list]) => [key, list.join(",")]));
}

async function readBody(
  name: OperationName,
  written: string | undefined,
  context: Context,
): Promise<Json | undefined> {
  const { body: model } = operation(name);
  if (model === null) {
    if (written !== undefined) throw new UsageError(`${name} takes no --body.`);
    return undefined;
  }
  if (written === undefined)
    throw new UsageError(`${name} needs --body: a ${model} as JSON, @FILE, or - for stdin.`);
  const body = parse(await readText(written, context));
  const validate = requestValidators[model];
  if (validate !== undefined && !validate(body)) {
    const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const which = "additionalProperty" in params ? ` (${String(params["additionalProperty"])})` : "";
      return `${instancePath === "" ? "it" : instancePath.slice(1)} ${message ?? "is wrong"}${which}`;
    });
    throw new UsageError(`--body is not a ${model}: ${problems.join("; ")}.`);
  }
  return body;
}

/** Largest body of a request, in bytes. Source: the vendor's page on API limits. */
const maxBytes = 512_000;

async function readText(written: string, { cwd, stdin }: Context): Promise<string> {
  if (written !== "-" && !written.startsWith("@")) return written;
  const name = written === "-" ? "standard input" : written.slice(1);
  try {
    const bytes =
      written === "-"
        ? await readBoundedStream(stdin(), { maxBytes })
        : await readBoundedFile(resolve(cwd, name), { maxBytes });
    return bytes.toString("utf8");
  } catch (error) {
    const reason =
      error instanceof TooLargeError ? `${error.message}, the limit for a request` : errorReason(error);
    throw new UsageError(`--body: ${name} can't be read: ${reason}.`, { cause: error });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageError("--body is not JSON.");
  }
}
