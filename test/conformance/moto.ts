import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const packages = ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];
/** Kept between runs. */
const folder = fileURLToPath(new URL("../../node_modules/.cache/moto-5.2.5", import.meta.url));
const program = `${folder}/bin/moto_server`;

/** Installs moto, a server of S3's protocol in Python, unless it is installed. @returns the reason to skip tests with it */
export async function missingMoto(): Promise<string | undefined> {
  if (existsSync(program)) return undefined;
  try {
    await run("python3", ["-m", "venv", folder], { timeout: 60_000 });
    const options = ["--quiet", "--disable-pip-version-check", "--retries", "1"];
    await run(`${folder}/bin/pip`, ["install", ...options, ...packages], { timeout: 120_000 });
    return undefined;
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    return `moto can't be installed: ${(stderr || message).trim().split("\n").at(-1) ?? ""}`;
  }
}

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server with the bucket `states`, empty. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(program, ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const found = /Running on (http:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    server.once("exit", () => {
      reject(new Error(output));
    });
  });
  await fetch(`${url}/states`, { method: "PUT" });
  return {
    url,
    async stop() {
      const exited = once(server, "exit");
      server.kill();
      await exited;
    },
  };
}
