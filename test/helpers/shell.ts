/** Runs the shell of CI jobs: with the built program as `chatform`, and stand-ins for what a test can't have. */
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ghPath = fileURLToPath(new URL("gh.mjs", import.meta.url));
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
    await machine.program("gh", `exec "${process.execPath}" "${ghPath}" "${base}/github.json" "$@"`);
    await machine.#writeGithub({ answers: {}, comments: [] });
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

  /** Returns a folder beside the checkout, which stays from job to job. */
  async beside(name: string): Promise<string> {
    const folder = join(this.folder, "..", name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** The command lines that npm was given. */
  async npm(): Promise<readonly string[]> {
    return (await readText(join(this.folder, "../npm.log"))).split("\n").filter((line) => line !== "");
  }

  /** The comments of all issues. */
  async comments(): Promise<readonly Comment[]> {
    return (await this.#github()).comments;
  }

  /** Adds a comment that somebody else wrote. */
  async comment(comment: Omit<Comment, "id">): Promise<void> {
    const { comments, ...github } = await this.#github();
    await this.#writeGithub({ ...github, comments: [...comments, { id: 41 + comments.length, ...comment }] });
  }

  /** Sets what GitHub answers to a GET. */
  async answer(path: string, value: unknown): Promise<void> {
    const { answers, ...github } = await this.#github();
    await this.#writeGithub({ ...github, answers: { ...answers, [path]: value } });
  }

  async #github(): Promise<Github> {
    return JSON.parse(await this.read("../github.json")) as Github;
  }

  #writeGithub(github: Github): Promise<void> {
    return writeFile(join(this.folder, "../github.json"), JSON.stringify(github));
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
  readonly user: { readonly login: string };
  readonly body: string;
}

/** What `gh` knows of GitHub. */
interface Github {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly comments: readonly Comment[];
}

/** Why the filters of `gh` can't be run; undefined where they can. */
export const missingJq = spawnSync("jq", ["--version"]).status === 0 ? undefined : "there is no jq.";

/** Returns the text of a file; "" for a missing file. */
export async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
