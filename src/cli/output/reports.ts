import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { nearest } from "../../core/nearest.js";
import type { Report } from "../../views/reports/report.js";
import type { SourceLocations } from "../../views/source-locations.js";
import type { Context } from "../context.js";
import { systemReason } from "./errors.js";
import { Interrupted } from "./interrupted.js";
import { writePrivate } from "./private-file.js";
import type { ArgsOf } from "../parse/option-table.js";
import { list } from "../parse/option-table.js";
import { UsageError } from "../parse/usage-error.js";

/** What reports are made of. Only what is asked for is made. */
export interface ReportSource {
  readonly text: () => string;
  readonly json: () => string;
  /** @param full whether to unfold long lists and texts */
  readonly report: (full: boolean) => Report;
  readonly where: () => SourceLocations;
}

/** How a command's reports are made of what it found, by the name of the format: each is loaded when it is asked for. */
export type Formats<Source> = Readonly<Record<string, (source: Source) => string | Promise<string>>>;

const formats: Formats<ReportSource> = {
  text: ({ text }) => text(),
  json: ({ json }) => json(),
  markdown: async ({ report }) =>
    (await import("../../views/reports/report-markdown.js")).reportMarkdown(report(false)),
  junit: async ({ report, where }) =>
    (await import("../../views/reports/report-junit.js")).reportJunit(report(false), where()),
  html: async ({ report }) =>
    (await import("../../views/reports/html/report-html.js")).reportHtml(report(true)),
};

export type ReportArgs = ArgsOf<typeof reportOptions>;

/** Options of a command with reports. @param names the formats that the command has */
export function reportOptionsFor(names: readonly string[]): { readonly report: ReturnType<typeof list> } {
  return { report: list("FORMAT=FILE", `Write a report too: ${listed(names)}`) };
}

/** Options of a command with the usual formats. */
export const reportOptions = reportOptionsFor(Object.keys(formats));

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}

interface WantedReport<Source> {
  readonly file: string;
  readonly render: (source: Source) => string | Promise<string>;
}

/** The reports that a run was asked for. */
export class Reports<Source = ReportSource> {
  readonly #wanted: readonly WantedReport<Source>[];
  readonly #cwd: string;
  #timesWritten = 0;

  constructor(wanted: readonly WantedReport<Source>[], cwd: string) {
    this.#wanted = wanted;
    this.#cwd = cwd;
  }

  get areWanted(): boolean {
    return this.#wanted.length > 0;
  }

  get timesWritten(): number {
    return this.#timesWritten;
  }

  /** Writes them all; again, in place of those before. @throws UsageError when a file can't be written */
  async write(source: Source): Promise<void> {
    this.#timesWritten += 1;
    for (const { file, render } of this.#wanted) {
      try {
        await writePrivate(resolve(this.#cwd, file), await render(source));
      } catch (error) {
        throw unwritable(file, error);
      }
    }
  }
}

/**
 * The reports that `--report` asks for; to be called before anything is contacted.
 *
 * @param own the formats that the command knows
 * @throws UsageError
 */
export async function wantedReports<Source>(
  own: Formats<Source>,
  { report }: ReportArgs,
  cwd: string,
): Promise<Reports<Source>> {
  const wanted = parsed(report, own);
  for (const { file } of wanted) await checkWritable(file, cwd);
  return new Reports(wanted, cwd);
}

/**
 * Does what ends in the reports that are asked for.
 *
 * @param title `Plan`, `Apply`, `Drift`
 * @throws UsageError for reports that can't be made, before anything is contacted
 */
export async function reporting<T>(
  title: string,
  args: ReportArgs,
  context: Context,
  work: (reports: Reports) => Promise<T>,
): Promise<T> {
  const reports = await wantedReports(formats, args, context.cwd);
  return reportingStop(title, reports, context, () => work(reports));
}

/**
 * Does something. Where that is stopped before it has written the reports, they say what stopped it: the report of an earlier
 * run, or none, would hide it.
 */
export async function reportingStop<T>(
  title: string,
  reports: Reports,
  context: Context,
  work: () => Promise<T>,
): Promise<T> {
  const before = reports.timesWritten;
  try {
    return await work();
  } catch (error) {
    const interrupted = context.stop.aborted || error instanceof Interrupted;
    if (reports.areWanted && reports.timesWritten === before && !interrupted) {
      const { stoppedSource } = await import("./stopped.js");
      // What stopped it is shown, and has to be known more than that there is no report of it.
      await reports.write(stoppedSource(title, error, context)).catch(() => undefined);
    }
    throw error;
  }
}

/** What was done shall not end without its report: a slip in the path is found before. */
async function checkWritable(file: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  try {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true)
      throw new UsageError(`The report can't be written: ${file} is a folder.`);
    await access(found === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** What to throw where a report can't be written. */
function unwritable(file: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new UsageError(`The report can't be written: ${file}: ${systemReason(error) ?? error.message}.`);
}

function parsed<Source>(report: readonly string[], own: Formats<Source>): readonly WantedReport<Source>[] {
  const names = Object.keys(own);
  return report.map((spec) => {
    const [, format = "", file = ""] = /^([^=]*)=(.+)$/s.exec(spec) ?? [];
    if (file === "")
      throw new UsageError(`--report takes FORMAT=FILE, such as markdown=plan.md, not "${spec}".`);
    const render = Object.hasOwn(own, format) ? own[format] : undefined;
    if (render !== undefined) return { file, render };
    const close = nearest(format, names);
    const hint = close === undefined ? `It is one of ${names.join(", ")}.` : `Did you mean ${close}?`;
    throw new UsageError(`--report has no format "${format}". ${hint}`);
  });
}
