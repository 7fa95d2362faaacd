/** What the workflow for GitHub applies: the plan that a pull request showed, or one that somebody starts and approves. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobResult } from "../helpers/github.js";
import type { RunResults } from "../helpers/github-project.js";
import { GithubProject } from "../helpers/github-project.js";
import { skips } from "../helpers/skip.js";
import { missingJq } from "../helpers/shell.js";

let project: GithubProject;
beforeEach(async () => {
  project = await GithubProject.start();
});
afterEach(async () => {
  await project.stop();
});

describe.skipIf(skips("a push of a merged pull request on GitHub", missingJq))(
  "a push of a merged pull request",
  () => {
    it("applies the plan that the pull request showed, once, although the base moved", async () => {
      await project.declare("Bridge");
      await project.review();
      await project.machine.write("chatform.yaml", `# moved\n${await project.machine.read("chatform.yaml")}`);
      const { plan, reviewed, apply } = await project.push();
      expect(plan?.ok, plan?.log).toBe(true);
      expect(reviewed?.ok, reviewed?.log).toBe(true);
      expect(reviewed?.log).not.toContain("::warning");
      expect(apply?.ok, apply?.log).toBe(true);
      expect(apply?.summary).toContain("rooms/bridge");
      expect(project.rooms()).toContain("Bridge");
      expect(project.states.lock).toBeUndefined();
      expect(Object.keys(await project.push())).toEqual(["plan"]);
    });

    it("applies nothing when the plan is another one", async () => {
      await project.declare("Bridge");
      await project.review();
      await project.declare("Tower");
      const { reviewed, apply } = await project.push();
      expect(reviewed?.ok).toBe(true);
      expect(reviewed?.log).toContain("::warning title=Another plan");
      expect(apply?.ok).toBe(false);
      expect(apply?.log).toContain("The plan has changed");
      expect(project.rooms()).not.toContain("Tower");
      expect(project.states.lock).toBeUndefined();
    });

    it("fails when a change fails, and the summary names the change", async () => {
      await project.declare("Bridge");
      await project.review();
      project.emulator.addFaults({
        match: { operation: "postChatsRooms" },
        times: "always",
        action: { type: "status", status: 403, code: "not.authorized" },
      });
      const { apply } = await project.push();
      expect(apply?.ok).toBe(false);
      expect(apply?.summary).toContain("not.authorized");
    });
  },
);

describe.skipIf(skips("the reviewed plan on GitHub", missingJq))("the reviewed plan", () => {
  const checksum = "c".repeat(64);

  /** Runs the job that finds it, for a push whose plan is the one that run 1 kept. */
  async function find(kept = `${checksum}\n`): Promise<JobResult> {
    const path = "../artifacts/1/chatform-plan/plan.checksum";
    await mkdir(join(project.machine.folder, path, ".."), { recursive: true });
    await project.machine.write(path, kept);
    const needs = { plan: { result: "success", outputs: { changes: "true", checksum } } };
    return project.job("reviewed", { ...project.event("push"), needs });
  }

  async function expectNone(kept?: string): Promise<void> {
    const { ok, outputs, log } = await find(kept);
    expect([ok, outputs]).toEqual([false, { checksum: "" }]);
    expect(log).toMatch(/^::error title=Nothing was applied::.* with the command apply\.$/m);
  }

  it("is what the newest run for the merged commit kept", async () => {
    await project.merge();
    await project.know({ id: 1 }, { id: 0, conclusion: "failure" });
    expect(await find()).toMatchObject({ ok: true, outputs: { checksum } });
  });

  it("is not known after a push without a merged pull request of this repository", async () => {
    await project.know({});
    await project.machine.answer("repos/acme/chat/commits/5a/pulls", []);
    await expectNone();
    for (const pull of [
      { head: { sha: "ad", repo: { full_name: "mallory/chat" } } },
      { head: { sha: "ad", repo: null } },
      { merged_at: null },
      { base: { ref: "release" } },
      { merge_commit_sha: "5b" },
    ]) {
      await project.merge(pull);
      await expectNone();
    }
  });

  it("is not that of another run: of a fork, another event or commit, or one that failed or kept nothing", async () => {
    await project.merge();
    for (const runs of [
      [],
      [{ head_repository: { full_name: "mallory/chat" } }],
      [{ event: "pull_request_target" }],
      [{ head_sha: "ae" }],
      [{ conclusion: "failure" }],
      [{ id: 1 }, { id: 2, conclusion: "failure" }],
      [{ id: 2 }],
    ]) {
      await project.know(...runs);
      await expectNone();
    }
  });

  it("is nothing but a checksum", async () => {
    await project.merge();
    await project.know({});
    for (const kept of ["", "$(touch pwned)", `${checksum}\nchecksum=other`, `${checksum}0`])
      await expectNone(kept);
  });
});

describe("a manual start", () => {
  const start = (inputs: object, github: object = {}): Promise<RunResults> =>
    project.run(project.event("workflow_dispatch", github, { command: "apply", ...inputs }));

  it("plans, and applies what the environment's reviewers approve, on the default branch", async () => {
    await project.declare("Bridge");
    expect(await start({}, { ref: "refs/heads/x", ref_name: "x" })).toEqual({});
    const { plan, apply, ...others } = await start({});
    expect(plan?.summary).toContain("rooms/bridge");
    expect(apply?.ok, apply?.log).toBe(true);
    expect(others).toEqual({});
    expect(project.rooms()).toContain("Bridge");
  });

  it("allows deletions and the loss of data only when told to, and runs nothing that was typed", async () => {
    await project.machine.program("chatform", `printf '<%s>' "$@"`);
    const outputs = { changes: "true", checksum: "ab" };
    const words = async (name: string, inputs: object): Promise<string> => {
      const needs = { plan: { result: "success", outputs }, reviewed: { result: "skipped", outputs: {} } };
      return (await project.job(name, { ...project.event("workflow_dispatch", {}, inputs), needs })).log;
    };
    const typed = "1 $(touch pwned) --allow-data-loss";
    for (const job of ["plan", "apply"]) {
      expect(await words(job, { "allow-deletions": 3 })).toContain("<--allow-deletions=3>");
      expect(await words(job, { "allow-deletions": typed })).toContain(`<--allow-deletions=${typed}>`);
      expect(await words(job, { "allow-data-loss": false })).not.toContain("allow");
    }
    expect(await words("apply", {})).toContain("<--checksum><ab>");
    expect(await words("apply", { "allow-data-loss": true })).toContain("<--allow-data-loss>");
  });
});
