import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Loaded } from "../../../../src/config/load.js";
import { loadDesired } from "../../../../src/config/load.js";
import { kinds } from "../../../../src/resources/index.js";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-variables-"));
});
afterEach(() => rm(cwd, { recursive: true }));

interface Given {
  readonly vars?: readonly string[];
  readonly varFile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Loads configs, each a file: a.yaml, b.yaml, ... */
async function load(
  configs: readonly string[],
  { vars = [], varFile, env = {} }: Given = {},
): Promise<Loaded> {
  const paths = configs.map((_text, index) => `${"abc".charAt(index)}.yaml`);
  for (const [index, text] of configs.entries())
    await writeFile(join(cwd, paths[index]!), `version: 1\n${text}`);
  if (varFile !== undefined) await writeFile(join(cwd, "vars.yaml"), varFile);
  return loadDesired({ paths, vars, varFiles: varFile === undefined ? [] : ["vars.yaml"], env, cwd, kinds });
}

const subject = ({ resources }: Loaded): unknown => resources[0]?.attributes["subject"];
/** `error undefined-variable a.yaml:3` */
const problems = ({ diagnostics, findUnusedVariables }: Loaded): readonly string[] =>
  [...diagnostics, ...findUnusedVariables()].map(({ severity, code, range }) => {
    const place = range === undefined ? "" : ` ${range.file}:${range.start.line}`;
    return `${severity} ${code}${place}`;
  });

const room = "rooms: { lobby: { subject: '${var:name}' } }\n";

describe("declared variables", () => {
  it.each<[string, Given, string]>([
    ["the default", {}, "from the default"],
    ["--var-file before the default", { varFile: "name: from the file" }, "from the file"],
    ["--var before all", { varFile: "name: from the file", vars: ["name=from --var"] }, "from --var"],
  ])("have %s", async (_title, given, expected) => {
    const loaded = await load(["variables: { name: { default: from the default } }\n" + room], given);
    expect([subject(loaded), problems(loaded)]).toEqual([expected, []]);
  });

  it("may be declared in another file, and have numbers and booleans as defaults", async () => {
    const loaded = await load([
      "settings: { reactionsEnabled: '${var:reactions}', messageRetentionPeriodDays: '${var:days}' }\n",
      "variables: { reactions: { default: false }, days: { default: 90 } }\n",
    ]);
    expect(problems(loaded)).toEqual([]);
    expect(loaded.resources[0]?.attributes).toEqual({
      reactionsEnabled: false,
      messageRetentionPeriodDays: 90,
    });
  });

  it("without a value are an error with the description", async () => {
    const loaded = await load([
      "variables: { name: { description: The name of the lobby. }, nam: {} }\n" + room,
    ]);
    expect(problems(loaded)).toEqual(["error undefined-variable a.yaml:3"]);
    expect(loaded.diagnostics[0]?.help).toBe(
      "Set the variable: --var name=VALUE. Its description: The name of the lobby. Or did you mean nam?",
    );
  });

  it("twice are an error with both places", async () => {
    const loaded = await load(["variables: { name: { default: a } }\n" + room, "variables: { name: {} }\n"]);
    expect(problems(loaded)).toEqual(["error duplicate-declaration b.yaml:2"]);
    expect(loaded.diagnostics[0]).toMatchObject({
      detail: "variables.name is already declared.",
      related: [{ range: { file: "a.yaml", start: { line: 2 } } }],
    });
  });

  it("have defaults that refer to nothing", async () => {
    const loaded = await load([
      "variables: { name: { default: '${env:HOME}' }, b: { default: '$${x}' } }\n" + room,
    ]);
    expect(problems(loaded)).toEqual(["error bad-interpolation a.yaml:2"]);
    expect(loaded.variables.vars["b"]).toBe("${x}");
  });

  it.each([
    ["{ 1a: {} }", "bad-name"],
    ["{ a: text }", "wrong-type"],
    ["{ a: { default: [1] } }", "wrong-type"],
    ["{ a: { defaults: 1 } }", "unknown-key"],
    ["[a]", "wrong-type"],
  ])("have a schema: %s is wrong", async (variables, code) => {
    const loaded = await load([`variables: ${variables}\n`]);
    expect(loaded.diagnostics.map((one) => one.code)).toEqual([code]);
  });
});

it("an include may refer to a variable that its own file declares", async () => {
  const main = "include: ['${var:part}.yaml']\nvariables: { part: { default: more } }\n";
  await writeFile(join(cwd, "more.yaml"), "version: 1\nrooms: { lobby: { subject: Lobby } }\n");
  const loaded = await load([main]);
  expect([subject(loaded), problems(loaded)]).toEqual(["Lobby", []]);
});

describe("findings about variables", () => {
  it("name declarations without a use, and uses without a declaration", async () => {
    const loaded = await load(
      ["variables:\n  idle: {}\n  key: {}\n  name: {}\n  MY_KEY: { sensitive: false }\n" + room],
      { vars: ["name=a", "key=b"] },
    );
    expect(problems(loaded)).toEqual([
      "warning unused-variable a.yaml:3",
      "warning unused-variable a.yaml:4",
      "warning unused-variable a.yaml:6",
    ]);

    const undeclared = await load(
      ["variables: { name: { default: a } }\n" + room + "settings: { reactionsEnabled: '${var:on}' }\n"],
      { vars: ["on=true"] },
    );
    expect(problems(undeclared)).toEqual(["warning undeclared-variable a.yaml:4"]);
  });

  it("see uses in names of users", async () => {
    const users =
      "users: { '${var:name}@x.com': { settings: { mobile: { notifications: { when: Always } } } } }\n";
    expect(problems(await load(["variables: { name: { default: jane } }\n" + users]))).toEqual([]);
  });

  it("name values without a use, where they are given", async () => {
    const loaded = await load([room], { vars: ["name=a", "b=s3cret"], varFile: "name: x\nc: s3cret\n" });
    expect(problems(loaded)).toEqual(["warning unused-variable vars.yaml:2", "warning unused-variable"]);
    expect(loaded.findUnusedVariables().map(({ detail }) => detail)).toEqual([
      "vars.yaml gives the variable c a value, but no config file refers to it.",
      "--var gives the variable b a value, but no config file refers to it.",
    ]);
    expect(JSON.stringify(loaded.findUnusedVariables())).not.toContain("s3cret");
  });

  it("are left out beside errors, and where nothing is declared", async () => {
    expect(problems(await load([room + "x: 1\n"], { vars: ["name=a", "b=1"] }))).toEqual([
      "error unknown-key a.yaml:3",
    ]);
    expect(problems(await load([room], { vars: ["name=a"] }))).toEqual([]);
  });
});

describe("sensitive variables", () => {
  it("give their values to be masked", async () => {
    const loaded = await load([
      "variables: { name: { sensitive: true, default: ' top-secret ' }, b: { sensitive: true } }\n" + room,
    ]);
    expect(loaded.sensitivity).toEqual({ secrets: ["top-secret"], released: new Set() });
  });

  it("have values that are long enough to be masked", async () => {
    const loaded = await load(["variables: { name: { sensitive: true } }\n" + room], {
      vars: ["name=12345"],
    });
    expect(problems(loaded)).toEqual(["error bad-variable a.yaml:2"]);
    expect(JSON.stringify(loaded.diagnostics)).not.toContain("12345");
  });
});

describe("credentials in the environment", () => {
  const env = {
    GITHUB_TOKEN: "ghs_1234567",
    MY_TOKEN: "t0ken-1234",
    GENESYSCLOUD_OAUTHCLIENT_SECRET: "s3cret-1234",
  };
  const using = (name: string): string => `rooms: { lobby: { subject: '\${env:${name}}' } }\n`;

  it.each([
    "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    "GITHUB_TOKEN",
    "CI_JOB_TOKEN",
    "PGPASSWORD",
    "AWS_SECRET_ACCESS_KEY",
    "MY_TOKEN",
    "my_api_key",
  ])("can't be read: %s", async (name) => {
    const loaded = await load([using(name)], { env });
    expect(problems(loaded)).toEqual(["error credential-in-config a.yaml:2"]);
    for (const value of Object.values(env)) expect(JSON.stringify(loaded)).not.toContain(`Lobby ${value}`);
  });

  it("can be read where the config declares that they hold no secret", async () => {
    const loaded = await load(["variables: { MY_TOKEN: { sensitive: false } }\n" + using("MY_TOKEN")], {
      env,
    });
    expect([subject(loaded), problems(loaded)]).toEqual(["t0ken-1234", []]);
    expect(loaded.sensitivity.released).toEqual(new Set(["MY_TOKEN"]));
  });

  it.each(["GENESYSCLOUD_OAUTHCLIENT_SECRET", "GITHUB_TOKEN"])("cannot be released: %s", async (name) => {
    const loaded = await load([`variables: { ${name}: { sensitive: false } }\n` + using(name)], { env });
    expect(problems(loaded)).toEqual(["error credential-in-config a.yaml:3"]);
  });

  it("are no suggestion for a misspelled name", async () => {
    const loaded = await load([using("MY_TOKEM")], { env });
    expect(loaded.diagnostics[0]?.help).toBe("Set the environment variable MY_TOKEM.");
  });
});
