import { access, constants, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Argv } from "yargs";
import { nearest } from "../core/nearest.js";
import { reportHtml } from "../views/report-html.js";
import { reportJunit } from "../views/report-junit.js";
import { reportMarkdown } from "../views/report-markdown.js";
import type { Report } from "../views/report.js";
import { UsageError } from "./usage-error.js";

/** What reports are made of. Only what is asked for is made. */
export interface ReportSource {
  readonly text: () => string;
  readonly json: () => string;
  readonly report: () => Report;
}

const formats: Readonly<Record<string, (source: ReportSource) => string>> = {
  text: ({ text }) => text(),
  json: ({ json }) => json(),
  markdown: ({ report }) => reportMarkdown(report()),
  junit: ({ report }) => reportJunit(report()),
  html: ({ report }) => reportHtml(report()),
};

export interface ReportArgs {
  readonly report: readonly string[];
}

export function reportOption<T>(yargs: Argv<T>): Argv<T & ReportArgs> {
  return yargs.option("report", {
    type: "string",
    array: true,
    nargs: 1,
    default: [] as string[],
    requiresArg: true,
    describe: "FORMAT=FILE: text, json, markdown, junit or html beside the output; repeatable",
  });
}

/** A report that was asked for. */
export interface WantedReport {
  readonly file: string;
  readonly render: (source: ReportSource) => string;
}

/** The reports that `--report` asks for; to be called before anything is contacted. @throws UsageError */
export async function wantedReports({ report }: ReportArgs, cwd: string): Promise<readonly WantedReport[]> {
  const wanted = parsed(report);
  for (const { file } of wanted) await checkWritable(file, cwd);
  return wanted;
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
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new UsageError(`The report can't be written: ${error.message}.`);
  }
}

function parsed(report: readonly string[]): readonly WantedReport[] {
  return report.map((spec) => {
    const [, format = "", file = ""] = /^([^=]*)=(.+)$/s.exec(spec) ?? [];
    if (file === "") throw new UsageError(`--report takes FORMAT=FILE, not "${spec}".`);
    const render = Object.hasOwn(formats, format) ? formats[format] : undefined;
    if (render !== undefined) return { file, render };
    const close = nearest(format, Object.keys(formats));
    const hint =
      close === undefined ? `It is one of ${Object.keys(formats).join(", ")}.` : `Did you mean ${close}?`;
    throw new UsageError(`--report has no format "${format}". ${hint}`);
  });
}

/** Writes the reports. @throws UsageError when a file can't be written */
export async function writeReports(
  wanted: readonly WantedReport[],
  source: ReportSource,
  cwd: string,
): Promise<void> {
  for (const { file, render } of wanted) {
    try {
      await writeFile(resolve(cwd, file), render(source));
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      throw new UsageError(`The report can't be written: ${error.message}.`);
    }
  }
}
