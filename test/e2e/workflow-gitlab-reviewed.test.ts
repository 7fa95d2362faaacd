/** The plan that a merge request on GitLab showed: the only one that a push to the default branch applies. */
import { readdir, rm, symlink } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job, JobResult } from "../helpers/gitlab.js";
import { GitlabProject } from "../helpers/gitlab-project.js";

let project: GitlabProject;
beforeEach(async () => {
  project = await GitlabProject.start();
});
afterEach(async () => {
  await project.stop();
});

describe("the reviewed plan", () => {
  const commit = "c".repeat(40);
  const request = {
    ...{ iid: 12, state: "merged", target_branch: "main", sha: "head", merge_commit_sha: commit },
    ...{ source_project_id: 7, target_project_id: 7 },
  };
  const pipelines = [
    { id: 1, sha: "older", ref: "refs/merge-requests/12/head" },
    { id: 3, sha: "result", ref: "refs/merge-requests/12/merge" },
    { id: 2, sha: "head", ref: "refs/merge-requests/12/head" },
    { id: 4, sha: "branch", ref: "mallory/merge" },
  ];

  /** What GitLab's API has about the commit. */
  async function start(checksum: string, merged: object = request): Promise<Server> {
    const responses: Readonly<Record<string, unknown>> = {
      [`repository/commits/${commit}/merge_requests`]: [{ ...request, iid: 11, state: "closed" }, merged],
      "merge_requests/12/pipelines": pipelines,
      "pipelines/3/jobs?per_page=100": [
        { id: 8, name: "plan", status: "failed" },
        { id: 9, name: "plan", status: "success" },
      ],
      "jobs/9/artifacts/plan.checksum": checksum,
    };
    const server = createServer(({ url = "", headers }, response) => {
      const body = responses[url.replace("/gitlab/api/v4/projects/7/", "")];
      response.statusCode = headers.authorization !== "Bearer t" ? 401 : body === undefined ? 404 : 200;
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Runs the job that finds the plan of a merge request. @param checksum that its pipeline kept */
  async function find(checksum: string, merged?: object, GITLAB_TOKEN = "t"): Promise<JobResult> {
    const server = await start(checksum, merged);
    const { port } = server.address() as AddressInfo;
    const found = await project.run("reviewed", {
      ...{ GITLAB_TOKEN, CI_COMMIT_SHA: commit, CI_DEFAULT_BRANCH: "main" },
      CI_API_V4_URL: `http://127.0.0.1:${port}/gitlab/api/v4`,
    });
    server.close();
    return found;
  }

  /** Runs the jobs of a push to main whose merge request had a plan. */
  async function push(checksum: string, merged?: object, token?: string): Promise<readonly JobResult[]> {
    const found = await find(checksum, merged, token);
    return found.ok ? [found, await project.run("plan")] : [found];
  }

  it("is the only one that is applied", async () => {
    await project.declare("Bridge");
    await project.run("plan");
    const checksum = await project.machine.read("plan.checksum");
    const [found, same] = await push(checksum);
    expect(found?.log).toBe(`Reviewed plan of !12: ${checksum}\n`);
    expect(same?.ok, same?.log).toBe(true);
    await project.declare("Tower");
    const [, other] = await push(checksum);
    expect([other?.ok, other?.log]).toEqual([
      false,
      expect.stringContaining("This is not the plan that was"),
    ]);
  });

  it("does not exist without a merged request of this commit, and is not needed where nothing changes", async () => {
    await project.declare("Bridge");
    for (const merged of [
      { ...request, merge_commit_sha: "another" },
      { ...request, target_branch: "x" },
      { ...request, source_project_id: 8 },
    ]) {
      const [found, planned] = await push("0", merged);
      expect([found?.log, planned?.ok]).toEqual(["Reviewed plan of no merge request: none\n", false]);
    }
    await project.machine.write(
      "chatform.yaml",
      "version: 1\nsettings: { messageRetentionPeriodDays: 3650 }\n",
    );
    expect((await push("0"))[1]?.ok).toBe(true);
  });

  it("is nothing but a checksum, wherever links of the repository lead", async () => {
    await project.declare("Bridge");
    await project.run("plan");
    const checksum = await project.machine.read("plan.checksum");
    const kept = await project.machine.beside("kept");
    const links = ["reviewed.checksum", ...(project.pipeline["plan"] as Job).artifacts!.paths, "plan.json"];
    for (const name of links) {
      await rm(join(project.machine.folder, name), { force: true });
      await symlink(join(kept, name), join(project.machine.folder, name));
    }
    await project.machine.commit();
    expect((await push(checksum))[1]?.ok).toBe(true);
    expect(await readdir(kept)).toEqual([]);
    for (const text of ["", `${checksum}\n`, "\u001b[2Jx"])
      expect((await find(text)).log).toBe("Reviewed plan of !12: none\n");
    expect((await project.run("plan")).ok).toBe(false);
    // A link to nothing is no missing file: that would compare nothing.
    await rm(join(project.machine.folder, "reviewed.checksum"));
    await symlink(join(kept, "none"), join(project.machine.folder, "reviewed.checksum"));
    expect((await project.run("plan")).ok).toBe(false);
  });

  it("is not guessed where GitLab refuses to tell", async () => {
    expect(await push("0", request, "expired")).toMatchObject([{ ok: false }]);
  });
});
