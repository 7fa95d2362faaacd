/** Runs the shell of CI jobs: with the built program as `chatform`, and stand-ins for what a test can't have. */
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const programPath = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface ShellResult {
  readonly code: number | null;
  /** Its output on stdout and stderr. */
  readonly log: string;
}

/** A runner's machine: a folder that holds the checkout, and programs in the path. */
export class Machine {
  /** The checkout. */
  readonly folder: string;
  readonly #programs: string;
  /** The files of the repository, by path: each job starts with only these. */
  readonly #committed = new Set<string>();

  private constructor(folder: string, programs: string) {
    this.folder = folder;
    this.#programs = programs;
  }

  static async start(): Promise<Machine> {
    const base = await realpath(await mkdtemp(join(tmpdir(), "chatform-machine-")));
    const machine = new Machine(join(base, "checkout"), join(base, "bin"));
    await mkdir(machine.folder);
    await mkdir(machine.#programs);
    await machine.program("chatform", `exec "${process.execPath}" "${programPath}" "$@"`);
    // Nothing is fetched in a test: what would be is written down.
    await machine.program("npm", `echo "$*" >> "${base}/npm.log"`);
    await machine.program("gh", `exec "${process.execPath}" "${base}/gh.mjs" "${base}/comments.json" "$@"`);
    await writeFile(join(base, "gh.mjs"), gh);
    return machine;
  }

  /** @param folder by default one that is in the path */
  async program(name: string, script: string, folder = this.#programs): Promise<void> {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/bash\n${script}\n`);
    await chmod(path, 0o755);
  }

  /** Writes a file of the repository. */
  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
    this.#committed.add(name);
  }

  /** Takes all that is in the folder for the repository's. */
  async commit(): Promise<void> {
    for (const name of await readdir(this.folder)) this.#committed.add(name);
  }

  /** Resets the folder as a checkout does: files of earlier jobs are removed, except those passed on. */
  async checkout(handedOn: readonly string[] = []): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!this.#committed.has(name) && !handedOn.includes(name))
        await rm(join(this.folder, name), { recursive: true });
    }
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), "utf8");
  }

  /** A folder beside the checkout, which stays from job to job. */
  async temporary(): Promise<string> {
    const folder = join(this.folder, "../temporary");
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** The command lines that npm was given. */
  async npm(): Promise<readonly string[]> {
    return (await readText(join(this.folder, "../npm.log"))).split("\n").filter((line) => line !== "");
  }

  /** The comments that `gh` made. */
  async comments(): Promise<readonly Comment[]> {
    return JSON.parse((await readText(join(this.folder, "../comments.json"))) || "[]") as readonly Comment[];
  }

  /** Runs a script as the shell that `command` is, given the script's file. */
  async run(
    script: string,
    options: {
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      /** From the checkout; by default the checkout itself. */
      readonly folder?: string;
      /** Folders of programs that win over all others. */
      readonly path?: readonly string[];
    },
  ): Promise<ShellResult> {
    const file = join(this.folder, "../script.sh");
    await writeFile(file, script);
    const [shell = "bash", ...words] = options.command;
    const path = [...(options.path ?? []), this.#programs, process.env["PATH"] ?? ""].join(":");
    const child = spawn(shell, [...words, file], {
      cwd: join(this.folder, options.folder ?? ""),
      env: { HOME: join(this.folder, ".."), CI: "true", ...options.env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (log += text));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, log });
      });
    });
  }

  async stop(): Promise<void> {
    await rm(join(this.folder, ".."), { recursive: true });
  }
}

export interface Comment {
  readonly id: number;
  readonly path: string;
  readonly body: string;
}

/** Returns the text of a file; "" for a missing file. */
export async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

/** The part of `gh api` that the workflows use: listing the comments of an issue, adding one, changing one. */
const gh = `
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const [file, api, ...words] = process.argv.slice(2);
if (api !== "api" || !process.env.GH_TOKEN) throw new Error("gh: " + words.join(" "));
const value = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const path = words.find((word) => word.startsWith("repos/"));
const comments = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const body = () => readFileSync(value("-F").replace("body=@", ""), "utf8");
const method = value("--method") ?? "GET";
if (method === "GET") {
  const [, start] = /startswith\\("(.*)"\\)\\) \\| \\.id$/.exec(value("--jq"));
  for (const one of comments) if (one.path === path && one.body.startsWith(start)) console.log(one.id);
} else if (method === "POST") {
  if (!/^repos\\/[^/]+\\/[^/]+\\/issues\\/\\d+\\/comments$/.test(path)) throw new Error("404: " + path);
  writeFileSync(file, JSON.stringify([...comments, { id: 41 + comments.length, path, body: body() }]));
} else {
  const one = comments.find(({ id }) => path === "repos/acme/chat/issues/comments/" + id);
  if (method !== "PATCH" || one === undefined) throw new Error("404: " + path);
  one.body = body();
  writeFileSync(file, JSON.stringify(comments));
}
`;
