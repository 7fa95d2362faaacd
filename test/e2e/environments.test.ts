/** Tests that one folder is the config of several orgs, by --env alone. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { State } from "../../src/core/state/state.js";
import type { RunResult } from "../helpers/run.js";
import { runCli } from "../helpers/run.js";
import { writesIn } from "../helpers/writes.js";

const names = ["prod", "test"] as const;
type Name = (typeof names)[number];

let cwd = "";
let orgs: Readonly<Record<Name, Emulator>>;

const config = `version: 1
environments:
  prod:
    profile: prod
    variables: { domain: prod.example.com }
  test:
    profile: test
    varFile: test.vars.yaml
    state: { path: "states/\${var:domain}.state.json" }
defaults:
  rooms: { owners: ["lead@\${var:domain}"] }
rooms:
  lobby: { subject: Lobby, participants: ["lead@\${var:domain}", "sam@\${var:domain}"] }
`;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-environments-"));
  const start = (name: Name): Promise<Emulator> => {
    const domain = `${name}.example.com`;
    const users = [{ email: `lead@${domain}` }, { email: `sam@${domain}` }];
    return startEmulator({ actingUser: `lead@${domain}`, seed: { name: `org-${name}`, users } });
  };
  orgs = { prod: await start("prod"), test: await start("test") };
  await mkdir(join(cwd, ".gc"));
  await mkdir(join(cwd, "states"));
  await writeFile(join(cwd, ".gc/config.toml"), names.map((name) => profile(name)).join("\n"));
  await writeFile(join(cwd, "chatform.yaml"), config);
  await writeFile(join(cwd, "test.vars.yaml"), "domain: test.example.com\n");
});
afterEach(async () => {
  for (const name of names) await orgs[name].close();
  await rm(cwd, { recursive: true });
});

/** A section of ~/.gc/config.toml that leads to an emulated org. */
function profile(name: Name): string {
  const { env, port } = orgs[name];
  return [
    `[${name}]`,
    `access_token = "${env["GENESYSCLOUD_ACCESS_TOKEN"] ?? ""}"`,
    'gateway_protocol = "http"',
    'gateway_host = "127.0.0.1"',
    `gateway_port = "${port}"`,
    "",
  ].join("\n");
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunResult> =>
  runCli(args, { cwd, env });

const writes = (name: Name): readonly unknown[] => writesIn(orgs[name].requests);

describe("an environment", () => {
  it("has the org, the variables and the state of its own", async () => {
    expect(await run(["apply", "--auto-approve", "--env", "test"])).toMatchObject({ code: 0 });
    expect(writes("prod")).toEqual([]);
    expect(writes("test")).not.toEqual([]);
    expect(await run(["apply", "--auto-approve"], { CHATFORM_ENV: "prod" })).toMatchObject({ code: 0 });

    const states = ["states/test.example.com.state.json", "chatform.prod.state.json"];
    for (const file of states) {
      const state = JSON.parse(await readFile(join(cwd, file), "utf8")) as State;
      expect(Object.keys(state.resources)).toEqual(["rooms/lobby"]);
      // The name is for people: the same org under another name is the same org.
      expect(state.org).not.toHaveProperty("environment");
    }
    for (const name of names)
      expect(await run(["plan", "--env", name, "--detailed-exitcode"])).toMatchObject({ code: 0 });
  });

  it("is named with the org in plans, prompts and reports", async () => {
    const { stdout } = await run([
      "plan",
      "--env",
      "prod",
      "--report",
      "markdown=plan.md",
      "--out",
      "plan.json",
    ]);
    expect(stdout).toContain("Environment: prod\nOrg: org-prod (");
    expect(await readFile(join(cwd, "plan.md"), "utf8")).toMatch(/^Environment: prod {2}\nOrg: org-prod \(/m);
    expect(await readFile(join(cwd, "plan.json"), "utf8")).toContain('"environment": "prod"');
  });

  it("of a saved plan is that of its apply, and no other", async () => {
    expect(await run(["plan", "--env", "prod", "--out", "plan.json"])).toMatchObject({ code: 0 });
    const refused = await run(["apply", "plan.json", "--env", "test"]);
    expect(refused).toMatchObject({ code: 1 });
    const help = refused.stderr.replaceAll(/\s+/g, " ");
    expect(help).toContain("another-environment");
    expect(help).toContain("To apply the plan: --env prod. To plan for test: chatform plan --env test --out");
    const all = await run(["apply", "plan.json"], { CHATFORM_ENV: "all" });
    expect(all.stderr).toMatch(/To apply the plan: --env prod\.\n/);
    expect([...writes("prod"), ...writes("test")]).toEqual([]);

    expect(await run(["apply", "plan.json"])).toMatchObject({ code: 0 });
    expect(writes("test")).toEqual([]);
    expect(writes("prod")).not.toEqual([]);
  });

  it.each([
    [["plan"], "no-environment"],
    [["apply", "--auto-approve"], "no-environment"],
    [["state", "list"], "no-environment"],
    [["drift"], "no-environment"],
    [["show", "rooms/lobby"], "no-environment"],
    [["plan", "--env", "prd"], "Did you mean --env prod?"],
    [["apply", "--env", "all", "--auto-approve"], "only of plan, drift and doctor"],
    [["plan", "--env", "all", "--out", "plan.json"], "--out"],
    [["drift", "--env", "all", "--every", "5m"], "--every"],
  ])("is needed, and exists: %j", async (args, text) => {
    const { code, stderr } = await run(args);
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stderr).toContain(text);
    expect([...writes("prod"), ...writes("test")]).toEqual([]);
  });
});

it("uses the credentials of the job in CI, and its profile elsewhere", async () => {
  const job = { ...orgs.prod.env, CI: "true" };
  const state = ["--state", "a.state.json"];
  const env = (more: object): { cwd: string; env: Record<string, string> } => ({
    ...{ cwd, env: { HOME: join(cwd, "nobody"), ...more } },
  });
  expect((await runCli(["plan", "--env", "prod", ...state], env(job))).stdout).toContain(
    "Environment: prod\nOrg: org-prod (",
  );
  for (const refused of [env(orgs.prod.env), env({ CI: "true" })]) {
    const { code, stderr } = await runCli(["plan", "--env", "prod", ...state], refused);
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("bad-profile") as string,
    });
  }
  // A profile that the command line names wins.
  const named = { cwd, env: { CI: "true", GENESYSCLOUD_ACCESS_TOKEN: "of another org" } };
  const other = await runCli(["plan", "--env", "prod", "--profile", "prod", ...state], named);
  expect(other.stdout).toContain("org-prod (");
});

describe("all environments", () => {
  it("have one report with a part for each, and the worst exit code", async () => {
    await run(["apply", "--auto-approve", "--env", "test"]);
    const args = ["plan", "--env", "all", "--detailed-exitcode"];
    const reports = ["markdown", "html", "junit", "json", "text"].flatMap((one) => [
      "--report",
      `${one}=${one}`,
    ]);
    const { code, stdout } = await run([...args, ...reports]);

    expect({ code, stdout }).toMatchObject({ code: 2 });
    const heads = /^== prod ==$[^]*^Environment: prod$[^]*^== test ==$[^]*^Environment: test$/m;
    for (const shown of [stdout, await readFile(join(cwd, "text"), "utf8")]) {
      expect(shown).toMatch(heads);
      expect(shown.match(/^Environment: /gm)).toHaveLength(2);
    }
    expect(stdout).toMatch(/^Plan: 1 to create/m);
    expect(stdout).toMatch(/^No changes/m);
    for (const file of ["markdown", "html", "junit"])
      expect(await readFile(join(cwd, file), "utf8")).toContain("prod: rooms/lobby");
    const json = JSON.parse(await readFile(join(cwd, "json"), "utf8")) as { readonly environments: object };
    expect(Object.keys(json.environments)).toEqual(["prod", "test"]);
    const printed = JSON.parse((await run([...args, "--json"])).stdout) as { readonly environments: object };
    expect(Object.keys(printed.environments)).toEqual(["prod", "test"]);
  });

  it("are named on stderr where one of them fails, and its JSON is on stdout", async () => {
    await orgs.prod.close();
    const waits = ["--timeout", "1s", "--max-wait", "1s"];
    const { code, stdout, stderr } = await run(["plan", "--json", "--env", "all", ...waits]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^== prod ==\n\nError: /m);
    expect(JSON.parse(stdout)).toHaveProperty("environments.test.chatform");
  });

  it("need a state that outlives a machine of CI, below the name of the environment", async () => {
    const { code, stderr } = await run(["plan", "--env", "prod"], { CI: "true" });
    expect(code).toBe(1);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("(local-state-in-ci) This is a CI machine (CI=true)");
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(
      "In the environment prod of the config: state: { backend: http }",
    );
  });

  it("are audited although one of them fails", async () => {
    for (const name of names) await run(["apply", "--auto-approve", "--env", name]);
    expect(await run(["drift", "--env", "all"])).toMatchObject({ code: 0 });
    await orgs.prod.close();
    const { code, stdout, stderr } = await run([
      "drift",
      "--env",
      "all",
      "--timeout",
      "1s",
      "--max-wait",
      "1s",
    ]);

    expect(code).toBe(1);
    expect(stdout).toContain("Environment: test");
    expect(stdout).toMatch(/No drift/);
    expect(stderr).toContain("connection.failed");
  });
});

it("completes the names of environments", async () => {
  expect((await run(["show", "--environments"])).stdout).toBe("prod\ntest\n");
  expect((await run(["completion", "bash"])).stdout).toContain("chatform show --environments");
});
