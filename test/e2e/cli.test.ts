/** The command line without any service: help, version, completion, usage errors, and what is loaded for them. */
import { execFile, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context, ExitCode } from "../../src/cli/context.js";
import { commands } from "../../src/cli/registry.js";
import { run } from "../../src/cli/run.js";
import { VERSION } from "../../src/core/version.js";
import { skips } from "../helpers/skip.js";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-cli-"));
});
afterEach(() => rm(cwd, { recursive: true }));

interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

async function chatform(args: readonly string[], rest: Partial<Context> = {}): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await run(args, {
    cwd,
    env: {},
    stdin: () => new PassThrough(),
    stdout,
    stderr,
    now: () => new Date(0),
    stop: new AbortController().signal,
    abort: new AbortController().signal,
    ...rest,
  });
  return { code, stdout: getText(stdout), stderr: getText(stderr) };
}

function getText(stream: PassThrough): string {
  return (stream.read() as Buffer | null)?.toString("utf8") ?? "";
}

it("opens standard input only to read it", async () => {
  await writeFile(join(cwd, "chatform.yaml"), "version: 1\n");
  const stdin = (): never => {
    throw new Error("opened");
  };
  expect((await chatform(["validate"], { stdin })).code).toBe(0);
  expect((await chatform(["validate", "-f", "-"], { stdin })).stderr).toContain("opened");
});

describe("without a command", () => {
  it("shows the first steps", async () => {
    const { code, stdout, stderr } = await chatform([]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("chatform emulate");
    expect(stdout).not.toContain("chatform apply");
  });

  it("shows the next steps when a config file exists", async () => {
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\n");
    expect((await chatform([])).stdout).toContain("chatform plan");
  });

  it.each([["--version"], ["--version", "--no-color"]])("shows the version: %s", async (...args) => {
    expect(await chatform(args)).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  });
});

describe("help", () => {
  it.each([["--help"], ["-h"], ["help"], ["--no-color", "--help"]])(
    "lists the commands: %s",
    async (...args) => {
      const { code, stdout, stderr } = await chatform(args);
      expect([code, stderr]).toEqual([0, ""]);
      for (const { name, summary } of commands) {
        expect(stdout).toContain(`  ${name} `);
        expect(stdout).toContain(summary.split(" ").slice(0, 3).join(" "));
      }
    },
  );

  it.each(commands.map(({ name }) => name))(
    "of %s shows its options, with examples, in 80 columns",
    async (name) => {
      const { code, stdout } = await chatform(["help", name]);
      expect(code).toBe(0);
      const parts = [`Usage: chatform ${name}`, "Examples:", "With every command:"].map((part) =>
        stdout.indexOf(part),
      );
      expect(parts[0]).toBe(0);
      expect(parts).toEqual(parts.toSorted((a, b) => a - b));
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(await chatform([name, "--help"])).toEqual(await chatform(["help", name]));
    },
  );
});

describe("without config files and credentials", () => {
  it.each(["validate", "plan", "apply", "drift", "destroy"])("%s shows how to begin", async (name) => {
    const { code, stdout, stderr } = await chatform([name]);

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("(file-not-found)");
    expect(stderr).toContain("chatform init");
    expect(stderr).not.toContain("(no-credentials)");
  });
});

describe("-f", () => {
  it("takes its value with and without a blank, and errors repeat it with the environment", async () => {
    for (const file of [["-f", "none.yaml"], ["-fnone.yaml"], ["-f=none.yaml"], ["--file=none.yaml"]])
      expect((await chatform(["validate", ...file])).stderr).toContain("none.yaml does not exist");
    await mkdir(join(cwd, "sub"), { recursive: true });
    await writeFile(
      join(cwd, "sub/chatform.yaml"),
      "version: 1\nenvironments: { prod: {} }\nrooms: { lobby: { subject: no } }\n",
    );
    const { stdout } = await chatform(["doctor", "-fsub/chatform.yaml", "--env", "prod"]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain("chatform validate -f sub/chatform.yaml --env prod");
  });
});

describe("usage errors", () => {
  it.each([
    [["plna"], "Did you mean chatform plan?"],
    [["help", "plna"], "Did you mean chatform plan?"],
    [["qwertyuiop"], "See chatform --help."],
    [["-f", "x", "plan"], "The command comes first: chatform plan -f"],
    [["--wat"], "no option --wat"],
    [["plan", "--targt", "x"], "Did you mean --target?"],
    [["plan", "--no-refrsh"], "no option --no-refrsh. Did you mean --no-refresh?"],
    [["--vesion"], "Did you mean --version?"],
    [["-v"], "Did you mean --version?"],
    [["plan", "--report", "markdwn=x"], "Did you mean markdown?"],
    [["show", "none.json"], 'There is nothing to show at "none.json"'],
    [["plan", "--report", "x"], "Expected --report FORMAT=FILE, such as"],
    [["init", "--ci", "githb"], '--ci can\'t be "githb": did you mean github?'],
    [["state", "lst"], 'ACTION can\'t be "lst": did you mean list?'],
    [["state"], "needs ACTION: list, show, mv"],
    [["import", "rooms/x"], "needs ID: a room's jid, or a message's id. See chatform import --help."],
    [["plan", "--qwertyuiop"], "no option --qwertyuiop. See chatform plan --help."],
    [["schema", "plan", "foo"], 'chatform schema takes no "foo". See chatform schema --help.'],
    [["plan", "foo.yaml"], 'takes no "foo.yaml". To name a config file: -f foo.yaml'],
    [["plan", "rooms/ops"], 'takes no "rooms/ops". To choose an address: --target rooms/ops'],
    [["plan", "--split"], "--split is an option of: chatform export."],
    [["plan", "--state"], "--state needs a value"],
    [["plan", "-f"], "-f needs a value"],
    [["plan", "-f", "--full"], "-f needs a value"],
    [["plan", "--state", "a", "--state", "b"], "--state is given 2 times"],
    [["plan", "--parallelism", "many"], "--parallelism takes a number"],
    [["schema", "foo"], 'NAME can\'t be "foo": it is one of desired-state, plan, state.'],
    [["completion"], "needs SHELL: bash, zsh, fish."],
    [["drift", "--every", "0"], "--every takes at least 1s"],
    [["drift", "--every", "25d"], "--every takes at most 24d"],
    [["emulate", "--port", "65536"], "--port takes a whole number from 0 to 65535"],
    [["show", "settings", "--messages", "1.5"], "--messages takes a whole number from 0"],
    [["plan", "--json=yes"], '--json is on or off: it takes no value "yes"'],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await chatform(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).toContain(message);
  });

  it.each([
    // Options that chatform has, behind one hyphen
    [["apply", "-auto-approve"], "Write two hyphens: --auto-approve"],
    [["plan", "-var", "a=secret"], "has no option -var. Write two hyphens: --var NAME=VALUE"],
    [["plan", "-out", "plan.json"], "Write two hyphens: --out FILE"],
    [["plan", "-refresh=false"], "Write two hyphens: --refresh=false"],
    [["plan", "-no-color"], "Write two hyphens: --no-color"],
    [["state", "push", "-force", "x"], "Write two hyphens: --force"],
    // Options and commands that it does not have
    [["plan", "-destroy"], "chatform destroy"],
    [["plan", "--lock=false"], "--lock-timeout 5m"],
    [["-chdir=chat", "plan"], "-f FOLDER/chatform.yaml"],
    [["destroy", "-force"], "--auto-approve"],
    [["plan", "-auto-approve"], "is an option of: chatform apply, chatform repair"],
    [["state", "rm", "rooms/x"], "chatform state forget ADDRESS"],
    [["taint", "rooms/x"], "chatform state forget --purge ADDRESS"],
    [["workspace", "select", "prod"], "--env NAME"],
    [["unlock", "3f9a"], "Did you mean chatform state unlock?"],
    [["diff"], "Did you mean chatform plan?"],
    [["test"], "To check the config: chatform validate"],
    [["validate", "chatform.yaml"], "To name a config file: -f chatform.yaml"],
  ])("%j, as Terraform has it", async (args, message) => {
    const { code, stderr } = await chatform(args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("secret");
  });

  it.each([
    [["plan", "--timeout", "0"], "--timeout takes at least 1ms"],
    [["plan", "--timeout", "0.1ms"], "--timeout takes at least 1ms"],
    [["plan", "--timeout", "-1"], "--timeout takes a duration"],
    [["plan", "--timeout", "NaN"], "--timeout takes a duration"],
    [["plan", "--patience", "99999999999h"], "--patience takes at most 24d"],
    [["plan", "--lock-timeout", "soon"], "--lock-timeout takes a duration"],
    [["plan", "--parallelism", "0"], "--parallelism takes a whole number from 1 to 1000"],
    [["plan", "--parallelism", "1.5"], "--parallelism takes a whole number"],
    [["plan", "--allow-deletions", "-1"], "--allow-deletions takes a number from 0"],
  ])("%j, with a config file", async (args, message) => {
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsettings: { reactionsEnabled: true }\n");
    // No request is made.
    const env = { GENESYSCLOUD_REGION: "eu-central-1", GENESYSCLOUD_ACCESS_TOKEN: "t0ken" };
    const { code, stdout, stderr } = await chatform(args, { env });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.split("\n")).toHaveLength(2);
    expect(stderr).toContain(`Error: ${message}`);
  });

  it("show control characters visibly", async () => {
    expect((await chatform(["\u001b[2Jplan"])).stderr).toContain("\\u{1b}[2J");
  });
});

describe("an error that stops a command", () => {
  it("is shown with its source location, without a stack", async () => {
    await writeFile(join(cwd, "chatform.yaml"), "version: 1\nsetings: {}\nromms: {}\n");
    const { code, stderr } = await chatform(["plan"]);
    expect(code).toBe(1);
    expect(stderr).toContain("chatform.yaml:2:1");
    expect(stderr).toContain("2 errors in 1 file.");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("is coloured on a terminal unless colours are off", async () => {
    const terminal = () => Object.assign(new PassThrough(), { isTTY: true });
    for (const [args, env, painted] of [
      [["plan"], {}, true],
      [["plan", "--no-color"], {}, false],
      [["plan"], { NO_COLOR: "1" }, false],
      [["plan"], { TERM: "dumb" }, false],
    ] as const) {
      const stderr = terminal();
      await chatform(args, { env, stderr });
      expect(getText(stderr).includes("\u001b[")).toBe(painted);
    }
    expect((await chatform(["plan"], { env: { FORCE_COLOR: "1" } })).stderr).toContain("\u001b[");
  });

  it("is reported as a bug when it is unexpected, with a stack on --debug only", async () => {
    const stdout = new PassThrough();
    stdout.write = () => {
      throw new Error("boom");
    };
    const quiet = await chatform(["schema"], { stdout });
    expect(quiet.code).toBe(1);
    expect(quiet.stderr).toMatch(/^Error: This is a bug in chatform: boom\n/);
    expect(quiet.stderr).not.toMatch(/^\s+at /m);
    expect((await chatform(["schema", "--debug"], { stdout })).stderr).toMatch(/^\s+at /m);
  });

  it("is an interruption after a signal", async () => {
    const stop = AbortSignal.abort(new Error("interrupted"));
    const stdout = new PassThrough();
    stdout.write = () => {
      throw stop.reason;
    };
    expect(await chatform(["schema"], { stdout, stop })).toMatchObject({
      code: 130,
      stderr: "Interrupted.\n",
    });
  });
});

describe("schema", () => {
  it.each(["desired-state", "plan", "state"])("prints the schema of %s", async (name) => {
    const { code, stdout } = await chatform(["schema", name]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty("$schema");
  });
});

const hasZsh = spawnSync("zsh", ["-c", "zmodload zsh/zpty"]).status === 0;

/** Presses Tab behind a line in an interactive zsh, and prints what the line is then. */
const tryZsh = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste"
zpty -w shell 'show() { print -r -- "<$BUFFER>"; BUFFER=; zle accept-line }; zle -N show; bindkey "^X" show; print -r REA""DY'
zpty -r shell out '*READY*'
zpty -w -n shell "$2"$'\\t\\x18'
zpty -r shell out '*<chatform*>*' && print -r -- "$out"
zpty -d shell
`;

describe("completion", () => {
  async function complete(...words: readonly string[]): Promise<readonly string[]> {
    const { stdout } = await chatform(["completion", "bash"]);
    const file = join(cwd, "completion.bash");
    await writeFile(file, stdout);
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `source '${file}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _chatform; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const result = await promisify(execFile)("bash", ["-c", script]);
    return result.stdout.split("\n").filter((line) => line !== "");
  }

  it("for fish names commands, options, values and addresses", async () => {
    const { stdout } = await chatform(["completion", "fish"]);
    expect(stdout).toContain(
      "complete -c chatform -n __fish_use_subcommand -f -a plan -d 'Show the changes and the API calls for them'\n",
    );
    const plan = "complete -c chatform -n '__fish_seen_subcommand_from plan'";
    expect(stdout).toContain(`${plan} -l no-refresh -d `);
    expect(stdout).toContain(`${plan} -l file -s f -d 'Config file or folder; - is stdin; repeatable' -r\n`);
    expect(stdout).toMatch(/ -l target -d '.*' -x -a '\(chatform show --addresses 2>\/dev\/null\)'\n/);
    expect(stdout).toContain("GitHub\\'s");
  });

  it("for zsh takes each line of addresses for one word", async () => {
    const { stdout } = await chatform(["completion", "zsh"]);
    expect(stdout).toContain(`:value:{compadd -- \${(f)"$(chatform show --addresses 2>/dev/null)"}}'`);
  });

  it("lists the addresses of the config for shells", async () => {
    await writeFile(
      join(cwd, "chatform.yaml"),
      "version: 1\nrooms: { ops: { subject: Ops } }\nsettings: {}\n",
    );
    expect((await chatform(["show", "--addresses"])).stdout).toContain("rooms/ops\n");
    await writeFile(
      join(cwd, "chatform.yaml"),
      "version: 1\nrooms: { ops: { subject: Ops } }\nenvironments: { eu: { region: mypurecloud.de } }\n",
    );
    expect((await chatform(["show", "--addresses"])).stdout).toBe("rooms/ops\n");
  });

  it("for bash expands nothing in addresses, which others may write", async () => {
    const addresses = ["users/$HOME`touch made`@example.com/settings", "users/o'brien@example.com/settings"];
    const program = `#!/bin/sh\ncat <<'END'\n${addresses.join("\n")}\nEND\n`;
    await writeFile(join(cwd, "chatform"), program, { mode: 0o755 });
    await writeFile(join(cwd, "completion.bash"), (await chatform(["completion", "bash"])).stdout);
    const replies = async (...words: readonly string[]): Promise<string> => {
      const script = `PATH="$PWD:$PATH"; source completion.bash; COMP_WORDS=(chatform plan --target "$@"); COMP_CWORD=$(($# + 2)); _chatform; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await promisify(execFile)("bash", ["-c", script, "bash", ...words], { cwd })).stdout;
    };
    expect(await replies("users/")).toBe(
      "users/\\$HOME\\`touch\\ made\\`@example.com/settings\nusers/o\\'brien@example.com/settings\n",
    );
    expect(await replies('"users/')).toContain("users/\\$HOME\\`touch made\\`@example.com/settings\n");
    expect(await replies("'users/o")).toBe("users/o'\\''brien@example.com/settings\n");
    expect(await replies("users/o\\'brien", "@", "ex")).toBe("@example.com/settings\n");
    expect(await readdir(cwd)).not.toContain("made");
  });

  it("for bash completes commands, options and values", async () => {
    expect(await complete("chatform", "pl")).toEqual(["plan"]);
    expect(await complete("chatform", "plan", "--targ")).toEqual(["--target"]);
    expect(await complete("chatform", "plan", "--no-refr")).toEqual(["--no-refresh"]);
    expect(await complete("chatform", "completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(await complete("chatform", "state", "p")).toEqual(["pull", "push"]);
    expect(await complete("chatform", "api", "getChatsSet")).toEqual(["getChatsSettings"]);
    expect(await complete("chatform", "init", "--ci", "")).toEqual(["github", "gitlab"]);
    expect(await complete("chatform", "plan", "--he")).toEqual(["--help"]);
    expect(await complete("chatform", "init", "--ci", "=")).toEqual(["github", "gitlab"]);
    expect(await complete("chatform", "init", "--ci", "=", "githu")).toEqual(["github"]);
    // Left to bash, which completes files.
    expect(await complete("chatform", "state", "-f", "")).toEqual([]);
  });

  it("for zsh describes every command", async () => {
    const { stdout } = await chatform(["completion", "zsh"]);
    expect(stdout).toMatch(/^#compdef chatform\n/);
    for (const { name } of commands) expect(stdout).toContain(`'${name}:`);
  });

  it.skipIf(skips("completion in zsh", hasZsh ? undefined : "zsh is not on the PATH"))(
    "for zsh completes in a real shell",
    async () => {
      const { stdout } = await chatform(["completion", "zsh"]);
      await writeFile(join(cwd, "_chatform"), stdout);
      await writeFile(join(cwd, "try.zsh"), tryZsh);
      const tried = async (line: string): Promise<string> => {
        const result = await promisify(execFile)("zsh", ["-f", join(cwd, "try.zsh"), cwd, line]);
        return result.stdout;
      };
      expect(await tried("chatform compl")).toContain("<chatform completion >");
      expect(await tried("chatform validate --repo")).toContain("<chatform validate --report=>");
      expect(await tried("chatform completion z")).toContain("<chatform completion zsh >");
      expect(await tried("chatform state unl")).toContain("<chatform state unlock >");
      expect(await tried("chatform init --ci githu")).toContain("<chatform init --ci github >");
      expect(await tried("chatform init --ci=githu")).toContain("<chatform init --ci=github >");
    },
    30_000,
  );
});
