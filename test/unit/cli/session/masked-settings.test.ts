import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Context } from "../../../../src/cli/context.js";
import { Secrets } from "../../../../src/cli/masking/secrets.js";
import { openStateStore, readSettings } from "../../../../src/cli/session/session.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "chatform-profile-"));
  await mkdir(join(home, ".gc"));
});
afterEach(() => rm(home, { recursive: true }));

const toContext = (): Context =>
  ({ env: { HOME: home }, cwd: home, secrets: new Secrets() }) as Partial<Context> as Context;

it.each([
  ["a client", 'client_credentials = "client-1"\nclient_secret = "s3cret-of-client"', "s3cret-of-client"],
  ["a user", 'access_token = "t0ken-of-user"', "t0ken-of-user"],
])("masks the secrets of a profile: of %s, and of its proxy", async (_name, credentials, secret) => {
  const proxy = 'proxy_host = "proxy.example.com"\nproxy_username = "jane"\nproxy_password = "p4ss-of-proxy"';
  await writeFile(
    join(home, ".gc/config.toml"),
    `[prod]\nenvironment = "mypurecloud.de"\n${credentials}\n${proxy}\n`,
  );
  const context = toContext();
  await readSettings({ profile: "prod" }, context);
  expect(context.secrets.mask(`${secret} p4ss-of-proxy jane client-1`)).toBe("*** *** jane client-1");
});

it("masks the password in the URL of a state", async () => {
  const context = toContext();
  const config = { backend: "http", address: "https://jane:p4ss-of-state@state.example.com/chat" };
  await openStateStore({ timeout: "1s" }, { config }, context).catch(() => undefined);
  expect(context.secrets.mask("p4ss-of-state")).toBe("***");
});
