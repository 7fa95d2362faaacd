import type { TestCase, TestSuite, TestSuites } from "junit2json";
import { parse } from "junit2json";

/** A test case as a public parser reads it; where it stands is no part of every dialect, nor of the parser's types. */
export interface JunitCase extends TestCase {
  readonly file?: string;
  readonly line?: number;
}

export interface JunitRun extends TestSuites {
  readonly cases: readonly JunitCase[];
}

/** Reads a JUnit report of one suite with a public parser. */
export async function readJunit(xml: string): Promise<JunitRun> {
  const run = await parse(xml);
  if (run === null || run === undefined || !("testsuite" in run)) throw new Error("no test suites");
  const suites: readonly TestSuite[] = run.testsuite ?? [];
  if (suites.length !== 1) throw new Error(`${suites.length} suites`);
  return { ...run, cases: suites[0]?.testcase ?? [] };
}

/** The failure of a case, with its text. */
export function getFailure({ failure }: JunitCase): string | undefined {
  return failure?.map(({ inner }) => inner ?? "").join("\n");
}
