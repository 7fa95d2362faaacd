import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run.js";
import { sarifErrors } from "../helpers/sarif.js";

let repository: string;
let cwd: string;
beforeAll(async () => {
  repository = await realpath(await mkdtemp(join(tmpdir(), "chatform-reports-")));
  cwd = join(repository, "chat");
  await mkdir(join(repository, ".git"));
  await mkdir(cwd);
  await writeFile(join(cwd, "ok.yaml"), "version: 1\nsettings: { reactionsEnabled: true }\n");
  await writeFile(join(cwd, "bad.yaml"), "version: 1\nrooms:\n  a: { subject: A, colour: 1 }\n  b: {}\n");
});
afterAll(() => rm(repository, { recursive: true }));

// No request is made: the credentials only have to be set.
const github = {
  GITHUB_ACTIONS: "true",
  GENESYSCLOUD_REGION: "eu-central-1",
  GENESYSCLOUD_ACCESS_TOKEN: "t0ken",
};
const annotations = (stderr: string): readonly string[] =>
  stderr.split("\n").filter((line) => line.startsWith("::"));

describe("chatform validate --report", () => {
  it("writes SARIF for code scanning, with paths relative to the repository", async () => {
    const { code } = await runCli(["validate", "-f", "bad.yaml", "--report", "sarif=out.sarif"], { cwd });
    const document = JSON.parse(await readFile(join(cwd, "out.sarif"), "utf8")) as {
      readonly runs: readonly {
        readonly results: readonly { readonly ruleId: string; readonly locations: readonly unknown[] }[];
      }[];
    };

    expect(code).toBe(1);
    expect(sarifErrors(document)).toEqual([]);
    const results = document.runs[0]?.results ?? [];
    expect(results.length).toBeGreaterThanOrEqual(2);
    expect(results.find(({ ruleId }) => ruleId === "unknown-key")?.locations).toMatchObject([
      {
        physicalLocation: {
          artifactLocation: { uri: "chat/bad.yaml", uriBaseId: "%SRCROOT%" },
          region: { startLine: 3, startColumn: 20, endLine: 3, endColumn: 26 },
        },
      },
    ]);
  });

  it("writes every format in one run, of valid and invalid files", async () => {
    const formats = ["text", "json", "markdown", "junit", "sarif"];
    const reports = formats.flatMap((format) => ["--report", `${format}=out.${format}`]);
    const read = () => Promise.all(formats.map((format) => readFile(join(cwd, `out.${format}`), "utf8")));

    const wrong = await runCli(["validate", "-f", "bad.yaml", ...reports], { cwd });
    const [text = "", json = "", markdown, junit] = await read();
    expect(wrong.code).toBe(1);
    expect(text.slice(0, wrong.stderr.length)).toBe(wrong.stderr);
    expect(text.slice(wrong.stderr.length)).toMatch(/^\nConfig: chat\/bad\.yaml\nMade: /);
    expect(JSON.parse(json)).toMatchObject({ valid: false });
    expect(markdown).toContain("bad.yaml:3:20");
    expect(junit).toMatch(/<testsuites [^>]*failures="[1-9]/);

    const right = await runCli(["validate", "-f", "ok.yaml", ...reports], { cwd });
    const [rightText = "", rightJson = "", , rightJunit, sarif = ""] = await read();
    expect(right.code).toBe(0);
    expect(rightText.slice(0, right.stdout.length)).toBe(right.stdout);
    expect(JSON.parse(rightJson)).toMatchObject({ valid: true });
    expect(rightJunit).toMatch(/<testsuites [^>]*tests="1" failures="0"/);
    expect(sarifErrors(JSON.parse(sarif))).toEqual([]);
  });

  it("refuses an unknown format", async () => {
    const { code, stderr } = await runCli(["validate", "--report", "sarfi=x"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain("Did you mean sarif?");
  });
});

describe("--annotations", () => {
  it("is on in GitHub's workflows, with paths relative to the repository", async () => {
    for (const command of ["validate", "plan", "apply", "drift"]) {
      const { stderr } = await runCli([command, "-f", "bad.yaml"], { cwd, env: github });
      expect(annotations(stderr)[0], command).toMatch(
        /^::error file=chat\/bad\.yaml,line=3,endLine=3,col=20,title=Unknown key \(unknown-key\)::/,
      );
    }
  });

  it("is off elsewhere, and when turned off", async () => {
    const args = ["plan", "-f", "bad.yaml"];
    expect(annotations((await runCli(args, { cwd })).stderr)).toEqual([]);
    const off = await runCli([...args, "--no-annotations"], { cwd, env: github });
    expect(annotations(off.stderr)).toEqual([]);
    const on = await runCli([...args, "--annotations"], { cwd });
    expect(annotations(on.stderr)).not.toEqual([]);
  });

  it("leaves JSON on stdout unchanged", async () => {
    const { stdout, stderr } = await runCli(["validate", "--json", "-f", "bad.yaml"], { cwd, env: github });
    expect(JSON.parse(stdout)).toMatchObject({ valid: false });
    expect(stderr.split("\n").every((line) => line === "" || line.startsWith("::error "))).toBe(true);
  });

  it("includes problems without a location", async () => {
    const { stderr } = await runCli(["validate", "-f", "none.yaml"], { cwd, env: github });
    expect(annotations(stderr)).toEqual([
      expect.stringMatching(/^::error title=File not found \(file-not-found\)::none\.yaml does not exist\. /),
    ]);
  });
});
