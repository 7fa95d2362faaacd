import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

/** The orgs, each with the domain of its e-mails. */
export const domains = { prod: "acme.com", test: "test.acme.com", asia: "acme.jp" } as const;
export type OrgName = keyof typeof domains;
export const orgNames: readonly OrgName[] = ["prod", "test", "asia"];

/** Three orgs, and a folder with one config for them. */
export class OrgsWorld {
  readonly folder: string;
  readonly orgs: Readonly<Record<OrgName, Emulator>>;

  constructor(folder: string, orgs: Readonly<Record<OrgName, Emulator>>) {
    this.folder = folder;
    this.orgs = orgs;
  }

  /** Runs the program with the profiles of the orgs. @param cwd relative to the folder */
  run(
    args: readonly string[],
    cwd = "config",
    env: Readonly<Record<string, string>> = {},
  ): Promise<BinResult> {
    return runBin(args, { cwd: join(this.folder, cwd), env: { HOME: join(this.folder, "home"), ...env } });
  }

  async close(): Promise<void> {
    for (const org of Object.values(this.orgs)) await org.close();
    await rm(this.folder, { recursive: true });
  }
}

/** @param environments YAML of the chosen states and files of variables, by environment */
export async function makeOrgsWorld(
  rooms: number,
  more: Readonly<Partial<Record<OrgName, string>>> = {},
): Promise<OrgsWorld> {
  const folder = await mkdtemp(join(tmpdir(), "chatform-orgs-"));
  for (const name of ["config/states", "home/.gc", "elsewhere"])
    await mkdir(join(folder, name), { recursive: true });
  await symlink(join(folder, "config"), join(folder, "link"));
  const orgs = { prod: await startOrg("prod"), test: await startOrg("test"), asia: await startOrg("asia") };
  await writeFile(
    join(folder, "home/.gc/config.toml"),
    orgNames.map((name) => profile(name, orgs[name])).join("\n"),
  );
  await writeFile(join(folder, "config/rooms.csv"), csv(rooms));
  await writeFile(join(folder, "config/asia.vars.yaml"), `domain: ${domains.asia}\n`);
  await writeFile(join(folder, "config/chatform.yaml"), config(more));
  return new OrgsWorld(folder, orgs);
}

function startOrg(name: OrgName): Promise<Emulator> {
  const users = ["lead", "sam", "kim"].map((user) => ({ email: `${user}@${domains[name]}` }));
  return startEmulator({
    ...{ actingUser: `lead@${domains[name]}`, seed: { name: `acme-${name}`, users }, logLimit: 100_000 },
  });
}

function profile(name: OrgName, { env, port }: Emulator): string {
  return `[${name}]
access_token = "${env["GENESYSCLOUD_ACCESS_TOKEN"] ?? ""}"
gateway_protocol = "http"
gateway_host = "127.0.0.1"
gateway_port = "${port}"
`;
}

/** Returns the rows of rooms: their names, subjects and owners. */
export function csv(rooms: number): string {
  const rows = Array.from(
    { length: rooms },
    (_, at) => `team-${at},"Team ${at}, floor ${at % 7}",${at % 2 ? "sam" : "kim"}`,
  );
  return `name,subject,owner\n${rows.join("\n")}\n`;
}

/** Returns the config of all orgs. */
function config({ prod, test, asia }: Readonly<Partial<Record<OrgName, string>>>): string {
  return `version: 1
variables:
  domain: { description: The domain of all e-mails. }
environments:
  prod:
    profile: prod
    variables: { domain: ${domains.prod} }
    ${prod ?? "state: { backend: local }"}
  test:
    profile: test
    variables: { domain: ${domains.test} }
    ${test ?? 'state: { backend: local, path: "states/${var:domain}.state.json" }'}
  asia:
    profile: asia
    varFile: asia.vars.yaml
    ${asia ?? "state: { backend: local }"}
defaults:
  rooms: { owners: ["lead@\${var:domain}"] }
rooms:
  "\${each.name}":
    forEach: rooms.csv
    subject: "\${each.subject}"
    participants: ["lead@\${var:domain}", "\${each.owner}@\${var:domain}"]
    messages:
      rules: { body: "Be kind in \${each.subject}", pinned: true }
`;
}
