import { Writable } from "node:stream";
import { allEnvironments } from "../../config/environments/choose-environment.js";
import { DiagnosticsError } from "../../core/diagnostic.js";
import { jsonText } from "../../views/text/json-text.js";
import type { Context, ExitCode } from "../context.js";
import { showError } from "../output/errors.js";
import { failureReport } from "../output/failure-report.js";
import { Interrupted } from "../output/interrupted.js";
import type { NamedSource } from "../output/join-report-sources.js";
import { environmentHeading, joinReportSources } from "../output/join-report-sources.js";
import { repeatOptions } from "../output/repeated-options.js";
import type { ReportSource } from "../output/report-source.js";
import type { ReportTitle } from "../output/reports.js";
import { Reports } from "../output/reports.js";
import type { FileArgs, GlobalArgs } from "../parse/options.js";
import { UsageError } from "../parse/usage-error.js";
import { chosenEnvironment } from "./chosen-environment.js";
import { readConfig } from "./load-config.js";

type Args = FileArgs & GlobalArgs & { readonly json: boolean };

type Run<Own> = (args: Own, context: Context, reports: Reports) => Promise<ExitCode>;

/**
 * Runs a command in the environment that --env names, or, with `--env all`, in one after the other: their output and reports become
 * one, with a part for each. An error in one of them does not stop the others.
 *
 * @param title of a report: `Plan`, `Drift`
 * @returns the worst exit code: errors before changes
 */
export async function inEachEnvironment<Own extends Args>(
  title: ReportTitle,
  args: Own,
  context: Context,
  reports: Reports,
  run: Run<Own>,
): Promise<ExitCode> {
  if (chosenEnvironment(args, context) !== allEnvironments) return run(args, context, reports);
  const parts: NamedSource[] = [];
  const codes: ExitCode[] = [];
  for (const name of await readEnvironmentNames(args, context)) {
    if (!args.json) context.stdout.write(`${codes.length === 0 ? "" : "\n"}${environmentHeading(name)}`);
    const { code, source } = await runPart(title, name, args, context, run);
    codes.push(code);
    if (source !== undefined) parts.push({ name, source });
  }
  const all = joinReportSources(title, parts);
  if (args.json) context.stdout.write(jsonText(all.json()));
  await reports.write(all);
  return ([1, 2] as const).find((code) => codes.includes(code)) ?? 0;
}

/** Refuses an option that works in one environment only. @throws UsageError */
export function refuseAllEnvironments(option: string, args: FileArgs, context: Context): void {
  if (chosenEnvironment(args, context) === allEnvironments)
    throw new UsageError(`${option} needs one environment: --env NAME.`);
}

/** Returns the names of the environments that the config declares. @throws DiagnosticsError if it declares none */
async function readEnvironmentNames(args: FileArgs, context: Context): Promise<readonly string[]> {
  const { environments, diagnostics } = await readConfig({ ...args, env: allEnvironments }, context);
  if (environments.length === 0) throw new DiagnosticsError(diagnostics);
  return environments;
}

async function runPart<Own extends Args>(
  title: ReportTitle,
  name: string,
  args: Own,
  context: Context,
  run: Run<Own>,
): Promise<{ readonly code: ExitCode; readonly source?: ReportSource }> {
  const collected = new CollectedReports(context);
  const own = { ...args, env: name };
  const ownContext = { ...context, repeatOptions: (text: string) => repeatOptions(text, own) };
  try {
    const code = await run(own, args.json ? { ...ownContext, stdout: nowhere() } : ownContext, collected);
    return { code, ...collected.written };
  } catch (error) {
    if (error instanceof Interrupted || context.stop.aborted) throw error;
    // Text has the heading on stdout.
    if (args.json) context.stderr.write(environmentHeading(name));
    const code = await showError(error, ownContext, args);
    return { code, source: failureReport(title, error, own, ownContext) };
  }
}

/** Keeps the source of a report instead of writing it. */
class CollectedReports extends Reports {
  #source: ReportSource | undefined;

  constructor(context: Pick<Context, "cwd" | "secrets">) {
    super([], context);
  }

  get written(): { readonly source?: ReportSource } {
    return this.#source === undefined ? {} : { source: this.#source };
  }

  override write(source: ReportSource): Promise<void> {
    this.#source = source;
    return Promise.resolve();
  }
}

/** Returns a stream that drops what a command prints: its JSON becomes a part of a larger document. */
function nowhere(): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
}
