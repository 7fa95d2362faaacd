import { expect, test } from "vitest";
import type { Context } from "../../../../src/cli/context.js";
import { failureReport } from "../../../../src/cli/output/failure-report.js";

const reportOf = (env: Context["env"], chosen?: string) => {
  const context = { cwd: "/", env, repeatOptions: (text: string) => text } as Context;
  return failureReport("Plan", new Error("no answer"), chosen === undefined ? {} : { env: chosen }, context);
};

test("the report of a stopped run tells the environment and the region, as far as they are known", () => {
  const known = reportOf({ CHATFORM_ENV: "test", GENESYSCLOUD_REGION: "eu-central-1" });
  expect(known.report(false).facts).toEqual([
    ["Environment", "test"],
    ["Region", "eu-central-1"],
  ]);
  expect(known.text()).toMatch(/\nEnvironment: test\nRegion: eu-central-1\n$/);
  expect(known.json()).toMatchObject({
    errored: true,
    chatform: { org: { environment: "test", region: "eu-central-1" } },
  });
  expect(reportOf({ CHATFORM_ENV: "test" }, "prod").report(false).facts).toEqual([["Environment", "prod"]]);
  expect(reportOf({}).report(false).facts).toEqual([]);
});
