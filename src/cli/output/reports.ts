import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { nearest } from "../../core/nearest.js";
import type { ReportOrigin } from "../../views/reports/report-origin.js";
import { originText, withJsonOrigin, withOrigin } from "../../views/reports/report-origin.js";
import { jsonText } from "../../views/text/json-text.js";
import type { Context } from "../context.js";
import { systemReason } from "./errors.js";
import { Interrupted } from "./interrupted.js";
import { writePrivate } from "./private-file.js";
import { reportLinks, reportOrigin } from "./report-origin.js";
import type { ReportSource } from "./report-source.js";
import type { FileArgs } from "../parse/options.js";
import type { ArgsOf } from "../parse/option-table.js";
import { list } from "../parse/option-table.js";
import { UsageError } from "../parse/usage-error.js";

/** Renders the report of a command. @param mask hides secrets: what is rendered is masked too, unless it is cut in parts */
type Render<Source> = (source: Source, mask: (text: string) => string) => string | Promise<string>;

/** By the name of a format: renderers, which are loaded when they are used. */
export type Formats<Source> = Readonly<Record<string, Render<Source>>>;

/** Returns the formats of most commands. */
function formatsFor(context: Pick<Context, "env" | "now">): Formats<ReportSource> {
  const origin = ({ files }: ReportSource): ReportOrigin => reportOrigin(files(), context);
  return {
    text: (source) => source.text() + originText(origin(source)),
    json: (source) => jsonText(withJsonOrigin(source.json(), origin(source))),
    markdown: async (source, mask) => {
      const { reportMarkdown } = await import("../../views/reports/report-markdown.js");
      return reportMarkdown(withOrigin(source.report(false), origin(source)), { mask });
    },
    junit: async (source) => {
      const { reportJunit } = await import("../../views/reports/report-junit.js");
      return reportJunit(withOrigin(source.report(false), origin(source)), source.where());
    },
    html: async (source) => {
      const { reportHtml } = await import("../../views/reports/html/report-html.js");
      const report = withOrigin(source.report(true), origin(source));
      return reportHtml(report, reportLinks(source.where(), context));
    },
  };
}

export type ReportArgs = ArgsOf<typeof reportOptions>;

/** Returns the options of a command with reports. @param names of the formats that the command supports */
export function reportOptionsFor(names: readonly string[]): { readonly report: ReturnType<typeof list> } {
  return { report: list("FORMAT=FILE", `Write a report too: ${listed(names)}`) };
}

/** Options of a command with the usual formats. */
export const reportOptions = reportOptionsFor(["text", "json", "markdown", "junit", "html"]);

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}

interface WantedReport<Source> {
  readonly file: string;
  readonly render: Render<Source>;
}

type ReportContext = Pick<Context, "cwd" | "secrets">;

/** The reports that `--report` requests. */
export class Reports<Source = ReportSource> {
  readonly #wanted: readonly WantedReport<Source>[];
  readonly #context: ReportContext;
  #timesWritten = 0;

  constructor(wanted: readonly WantedReport<Source>[], context: ReportContext) {
    this.#wanted = wanted;
    this.#context = context;
  }

  get timesWritten(): number {
    return this.#timesWritten;
  }

  /** Writes all reports, over those of an earlier call. @throws UsageError when a file can't be written */
  async write(source: Source): Promise<void> {
    const { cwd, secrets } = this.#context;
    const mask = (text: string): string => secrets.mask(text);
    this.#timesWritten += 1;
    for (const { file, render } of this.#wanted) {
      try {
        await writePrivate(resolve(cwd, file), mask(await render(source, mask)));
      } catch (error) {
        throw toReportError(file, error);
      }
    }
  }
}

/**
 * Returns the reports that `--report` requests. Called before anything is contacted.
 *
 * @param own the formats that the command supports
 * @throws UsageError for a wrong format, or a file that can't be written
 */
export async function wantedReports<Source>(
  own: Formats<Source>,
  { report }: ReportArgs,
  context: ReportContext,
): Promise<Reports<Source>> {
  const wanted = parseReports(report, own);
  for (const { file } of wanted) await checkWritable(file, context.cwd);
  return new Reports(wanted, context);
}

type EnvironmentArgs = Pick<FileArgs, "env">;

/** The title of the reports of a command. */
export type ReportTitle = "Plan" | "Apply" | "Destroy" | "Drift" | "Repair" | "Doctor";

/**
 * Runs a command that writes the requested reports.
 *
 * @throws UsageError for reports that can't be made, before anything is contacted
 */
export async function reporting<T>(
  title: ReportTitle,
  args: ReportArgs & EnvironmentArgs,
  context: Context,
  work: (reports: Reports) => Promise<T>,
): Promise<T> {
  const reports = await wantedReports(formatsFor(context), args, context);
  return reportingStop(title, reports, args, context, () => work(reports));
}

/**
 * Runs work that writes reports. If an error stops it before, the reports show the error: a missing report, or that of an earlier run,
 * would hide the error.
 */
export async function reportingStop<T>(
  title: ReportTitle,
  reports: Reports,
  args: EnvironmentArgs,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  const before = reports.timesWritten;
  try {
    return await work();
  } catch (error) {
    const interrupted = context.stop.aborted || error instanceof Interrupted;
    if (reports.timesWritten === before && !interrupted) {
      const { failureReport } = await import("./failure-report.js");
      // The first error is shown; it matters more than the missing report.
      await reports.write(failureReport(title, error, args, context)).catch(() => undefined);
    }
    throw error;
  }
}

/** Checks that a report can be written, so that a wrong path is found before the work starts. @throws UsageError */
async function checkWritable(file: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  try {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) throw new UsageError(`Report can't be written: ${file} is a folder.`);
    await access(found === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw toReportError(file, error);
  }
}

/** Returns the error to throw for a report that can't be written. */
function toReportError(file: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new UsageError(`Report can't be written: ${file}: ${systemReason(error) ?? error.message}.`);
}

function parseReports<Source>(
  report: readonly string[],
  own: Formats<Source>,
): readonly WantedReport<Source>[] {
  const names = Object.keys(own);
  return report.map((spec) => {
    const [, format = "", file = ""] = /^([^=]*)=(.+)$/s.exec(spec) ?? [];
    if (file === "")
      throw new UsageError(`Expected --report FORMAT=FILE, such as markdown=plan.md, found "${spec}".`);
    const render = Object.hasOwn(own, format) ? own[format] : undefined;
    if (render !== undefined) return { file, render };
    const close = nearest(format, names);
    const hint = close === undefined ? `Formats: ${names.join(", ")}.` : `Did you mean ${close}?`;
    throw new UsageError(`Unknown report format "${format}". ${hint}`);
  });
}
