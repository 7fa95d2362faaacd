import { expect, test } from "vitest";
import { readCiRun } from "../../../src/cli/ci-run.js";

const sha = "0f".repeat(20);

test("knows the run and the lines of GitHub, at any address", () => {
  const run = readCiRun({
    GITHUB_SERVER_URL: "https://example.com/github",
    GITHUB_REPOSITORY: "acme/chat",
    GITHUB_SHA: sha,
    GITHUB_RUN_ID: "42",
  });
  expect([run.commit, run.url]).toEqual([sha, "https://example.com/github/acme/chat/actions/runs/42"]);
  expect(run.toLineUrl?.("chat/a b.yaml", 3)).toBe(
    `https://example.com/github/acme/chat/blob/${sha}/chat/a%20b.yaml#L3`,
  );
});

test("knows the run and the lines of GitLab", () => {
  const run = readCiRun({
    CI_PROJECT_URL: "https://example.com/gitlab/acme/chat",
    CI_COMMIT_SHA: sha,
    CI_JOB_URL: "https://example.com/gitlab/acme/chat/-/jobs/7",
  });
  expect([run.commit, run.url]).toEqual([sha, "https://example.com/gitlab/acme/chat/-/jobs/7"]);
  expect(run.toLineUrl?.("chatform.yaml", 1)).toBe(
    `https://example.com/gitlab/acme/chat/-/blob/${sha}/chatform.yaml#L1`,
  );
});

test("leaves no character in an address that ends a link in markdown", () => {
  const { url } = readCiRun({ CI_JOB_URL: "https://gitlab.example.com/a(b)<c>|d/-/jobs/7" });
  expect(url).toMatch(/^https:\/\/gitlab\.example\.com\/[^()<>|]+\/-\/jobs\/7$/);
});

test.each([
  [{}],
  [
    {
      CI_PROJECT_URL: "javascript:alert(1)",
      CI_COMMIT_SHA: "<b>",
      CI_JOB_URL: "http://elsewhere.example.com/",
    },
  ],
  [{ CI_JOB_URL: "https://user:secret@gitlab.example.com/" }],
  [{ GITHUB_SHA: "$(id)", GITHUB_SERVER_URL: "file:///etc", GITHUB_REPOSITORY: "a/b", GITHUB_RUN_ID: "1" }],
])("leaves out what is no commit and no safe URL: %j", (env) => {
  expect(readCiRun(env)).toEqual({});
});
