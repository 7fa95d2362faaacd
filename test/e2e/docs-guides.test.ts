/** Runs the commands of docs/several-orgs.md, remote-state.md, user-tokens.md and upgrading.md against the emulator. */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import { missingPostgres, startPostgres } from "../conformance/postgres.js";
import { startStateServer } from "../conformance/state-server.js";
import { docsBlocks } from "../helpers/docs.js";
import type { ShellResult } from "../helpers/shell.js";
import { Machine } from "../helpers/shell.js";
import { skips } from "../helpers/skip.js";

const withoutPostgres = skips("PostgreSQL in docs/remote-state.md", await missingPostgres());
const rooms = "rooms: { lobby: { subject: Lobby, messages: { hello: { body: Hello } } } }\n";

let emulator: Emulator;
let machine: Machine;
beforeEach(async () => {
  emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  machine = await Machine.start();
});
afterEach(async () => {
  await machine.stop();
  await emulator.close();
});

function sh(script: string, env: Readonly<Record<string, string>> = {}): Promise<ShellResult> {
  return machine.run(script, { command: ["bash", "-eo", "pipefail"], env: { ...emulator.env, ...env } });
}

/** Runs a script that is expected to succeed; returns what it printed. */
async function succeed(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, log } = await sh(script, env);
  expect(code, log).toBe(0);
  return log;
}

const config = (...lines: readonly string[]): Promise<void> =>
  machine.write("chatform.yaml", ["version: 1", ...lines].join("\n"));

describe("docs/emulator.md", () => {
  it("changes the org while it runs", async () => {
    const [, example = ""] = await docsBlocks("emulator.md", "sh");
    const log = await succeed(example.replaceAll("http://127.0.0.1:8080", emulator.url));
    expect(emulator.dump().settings.reactionsEnabled).toBe(false);
    expect(log).toContain('"count"');
  });
});

describe("docs/several-orgs.md", () => {
  const orgs = [
    ["test", "test.example.com"],
    ["emea", "example.com"],
    ["amer", "example.org"],
  ] as const;
  let emulators: readonly Emulator[] = [];
  afterEach(async () => {
    for (const one of emulators) await one.close();
  });

  /** Starts the orgs, and writes the profiles that lead to them. */
  async function startOrgs(profile: string): Promise<void> {
    const sections: string[] = [];
    emulators = await Promise.all(
      orgs.map(([org, domain]) => {
        const users = ["jane.doe", "sam"].map((name) => ({ email: `${name}@${domain}` }));
        const settings = { messageRetentionPeriodDays: 10, reactionsEnabled: true };
        return startEmulator({
          seed: { name: org, settings, users },
          clients: [{ id: org, secret: `secret of ${org}` }],
        });
      }),
    );
    for (const [at, [org]] of orgs.entries()) {
      const { port } = emulators[at]!;
      const gateway = `gateway_protocol = "http"\ngateway_host = "127.0.0.1"\ngateway_port = ${port}`;
      sections.push(
        profile
          .replace("[test]", `[${org}]`)
          .replace('environment = "eu-central-1"', gateway)
          .replace("the client's id", org)
          .replace("the client's secret", `secret of ${org}`),
      );
    }
    await mkdir(join(machine.folder, "../.gc"));
    await writeFile(join(machine.folder, "../.gc/config.toml"), sections.join("\n"));
  }

  const run = (script: string, env: Readonly<Record<string, string>> = {}): Promise<ShellResult> =>
    machine.run(script, { command: ["bash", "-eo", "pipefail"], env: { CI: "", ...env } });

  it("plans, applies and audits each org with its own credentials, state and values", async () => {
    const [main = "", own = "", states = "", some = ""] = await docsBlocks("several-orgs.md", "yaml");
    const [profile = ""] = await docsBlocks("several-orgs.md", "toml");
    const [daily = ""] = await docsBlocks("several-orgs.md", "sh");
    await startOrgs(profile);
    await machine.write("chatform.yaml", main);
    await machine.write("rooms.yaml", own);
    const [plan = "", apply = "", ...ofAll] = daily.split("\n");
    for (const [at, [org]] of orgs.entries()) {
      const { code, log } = await run(`${plan}\n${apply}`.replaceAll("test", org));
      expect(code, log).toBe(0);
      expect(log).toContain(`Environment: ${org}\nOrg: ${org} (`);
      expect(emulators[at]!.dump().rooms.map(({ subject }) => subject)).toEqual(["Incident bridge"]);
      expect(await machine.read(`chatform.${org}.state.json`)).toContain("rooms/incident-bridge");
    }
    const settings = emulators.map((one) => one.dump().settings.messageRetentionPeriodDays);
    expect(settings).toEqual([30, 365, 365]);
    const all = await run(ofAll.join("\n"));
    expect(all.code, all.log).toBe(0);
    for (const [org] of orgs) expect(all.log).toContain(`Environment: ${org}`);

    // Without a choice, and with the credentials of another org, nothing is done.
    expect((await run("chatform plan")).log).toContain("no-environment");
    expect((await run("CHATFORM_ENV=test chatform plan --profile emea")).log).toContain("another-org");
    // In CI, the job's credentials are used.
    const { CHATFORM_API_URL = "", CHATFORM_LOGIN_URL = "" } = emulators[1]!.env;
    const job = { CI: "true", CHATFORM_API_URL, CHATFORM_LOGIN_URL, CHATFORM_ENV: "emea" };
    const client = { GENESYSCLOUD_OAUTHCLIENT_ID: "emea", GENESYSCLOUD_OAUTHCLIENT_SECRET: "secret of emea" };
    expect((await run("chatform plan", { ...job, ...client, HOME: "/nonexistent" })).log).toContain(
      "No changes.",
    );

    await machine.write("chatform.yaml", some);
    for (const [org] of orgs.slice(0, 2))
      await machine.write(`only-${org}.yaml`, `version: 1\nrooms: { ${org}: { subject: Only ${org} } }\n`);
    expect((await run("chatform plan --env emea")).log).toContain("+ rooms/emea");
    await machine.write("chatform.yaml", states);
    expect((await run("chatform validate --env test")).code).toBe(0);
  }, 120_000);
});

describe("docs/remote-state.md", () => {
  it("stores the state in GitLab, and moves a local state there", async () => {
    const states = await startStateServer({ manner: "gitlab", credentials: "gitlab-ci-token:job" });
    const [variables = ""] = await docsBlocks("remote-state.md", "bash");
    const [move = ""] = await docsBlocks("remote-state.md", "sh");
    const [backend = ""] = await docsBlocks("remote-state.md", "yaml");
    const env = { CI_API_V4_URL: new URL(states.url).origin, CI_PROJECT_ID: "1", CI_JOB_TOKEN: "job" };
    await config(rooms, "state: { backend: local }", "");
    await succeed("chatform apply --auto-approve");
    await config(rooms, backend);
    const exports = variables.replace(/^chatform .*\n/m, "");
    expect(await succeed(exports + move, env)).toContain("No changes.");
    expect(states.content).toContain("rooms/lobby/messages/hello");
    await config(rooms.replace("Lobby", "Foyer"), backend);
    await succeed(variables, env);
    expect(states.requests.map(({ method, url }) => `${method} ${url.split("?")[0] ?? ""}`)).toEqual(
      expect.arrayContaining([
        "POST /projects/1/terraform/state/chat/lock",
        "DELETE /projects/1/terraform/state/chat/lock",
      ]),
    );
    expect(emulator.dump().rooms.filter(({ subject }) => subject === "Foyer")).toHaveLength(1);
    await states.close();
  });

  it("stores the state on other servers of the protocol, with locks", async () => {
    const states = await startStateServer({ manner: "terraform", credentials: "chatform:secret" });
    const backend = (await docsBlocks("remote-state.md", "yaml"))[1] ?? "";
    await config(rooms, backend.replaceAll("https://state.example.com/chat", states.url));
    await succeed("chatform apply --auto-approve", { TF_HTTP_PASSWORD: "secret" });
    expect(states.requests.map(({ method }) => method)).toEqual(expect.arrayContaining(["LOCK", "UNLOCK"]));
    await states.close();
  });

  it.skipIf(withoutPostgres)("stores the state in PostgreSQL", async () => {
    const postgres = await startPostgres();
    const script = (await docsBlocks("remote-state.md", "bash"))[1] ?? "";
    const backend = (await docsBlocks("remote-state.md", "yaml"))[2] ?? "";
    await config(rooms, backend);
    await succeed(script.replace(/postgres:[^"]*/, () => postgres.url));
    const [row] = await postgres.query(
      "SELECT count(*)::int AS states FROM chatform.states WHERE name = 'chat'",
    );
    expect(row).toEqual({ states: 1 });
    await postgres.stop();
  });
});

describe("docs/user-tokens.md", () => {
  it("distinguishes a user's token from a client's", async () => {
    const [check = "", split = ""] = await docsBlocks("user-tokens.md", "sh");
    await succeed(check);
    const client = { GENESYSCLOUD_ACCESS_TOKEN: emulator.token() };
    expect(await sh(check, client)).toMatchObject({
      code: 1,
      log: expect.stringContaining("not.a.user") as string,
    });

    await config(rooms, "state: { backend: local }", "");
    const [rest = "", messages = ""] = split.trim().split("\n");
    const log = await succeed(rest, client);
    expect(log).toContain("Plan: 1 to create.");
    await succeed(rest.replace(" plan ", " apply --auto-approve "), client);
    expect(await succeed(messages)).toContain("+ rooms/lobby/messages/hello");
  });

  it("renews a token as the vendor's SDK does", async () => {
    const seen: string[] = [];
    const login = createServer((request, response) => {
      void text(request).then((body) => {
        seen.push(
          `${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""} ${body}`,
        );
        const token = emulator.token({ user: "jane.doe@example.com" });
        response.end(
          JSON.stringify({ access_token: token, refresh_token: "the next one", expires_in: 3600 }),
        );
      });
    });
    login.listen(0, "127.0.0.1");
    await once(login, "listening");
    const [renew = ""] = await docsBlocks("user-tokens.md", "bash");
    await config(rooms, "state: { backend: local }", "");
    const log = await succeed(renew, {
      ...{ CLIENT_ID: "id", CLIENT_SECRET: "secret", REFRESH_TOKEN: "one+two" },
      ...{
        GENESYSCLOUD_ACCESS_TOKEN: "expired",
        LOGIN_URL: `http://127.0.0.1:${(login.address() as AddressInfo).port}`,
      },
    });
    const basic = Buffer.from("id:secret").toString("base64");
    expect(seen).toEqual([
      `POST /oauth/token Basic ${basic} grant_type=refresh_token&refresh_token=one%2Btwo`,
    ]);
    expect(await machine.read("refresh-token.txt")).toBe("the next one\n");
    expect(log).toContain("Apply complete");
    login.close();
  });
});

describe("docs/upgrading.md", () => {
  it("plans the same before and after, and restores the old state", async () => {
    const [before = "", after = "", back = ""] = await docsBlocks("upgrading.md", "sh");
    await config(rooms, "state: { backend: local }", "");
    await succeed("chatform apply --auto-approve");
    await succeed(before);
    expect(await succeed(after)).toContain("No changes.");
    await config("rooms: { lobby: { subject: Foyer } }", "state: { backend: local }", "");
    await succeed("chatform apply --auto-approve");
    await config(rooms, "state: { backend: local }", "");
    expect(await succeed(back)).toContain("rooms/lobby");
  });
});
