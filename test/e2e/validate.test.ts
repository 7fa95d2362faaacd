import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BinResult } from "../helpers/bin.js";
import { runBin } from "../helpers/bin.js";

const cwd = fileURLToPath(new URL("../config-errors/", import.meta.url));
const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.writeHead(500).end();
});
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  env = { CHATFORM_API_URL: url, CHATFORM_LOGIN_URL: url, GENESYSCLOUD_ACCESS_TOKEN: "t0ken" };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const chatform = (...args: readonly string[]): Promise<BinResult> => runBin(args, { cwd, env });

const samples = [
  "001-unclosed-quote.yaml",
  "083-undefined-variables.yaml",
  "096-room-in-three-files",
  "107-not-utf8.yaml",
  "119-deep-flow.yaml",
  "139-many-problems.yaml",
];

describe("chatform with invalid config files", () => {
  it.each(samples)("validate shows the problems of %s without a request", async (name) => {
    const { code, stdout, stderr } = await chatform("validate", "-f", name);

    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Error: .+\n {2}--> \S+:\d+:\d+\n[^]+\n\d+ errors? in \d+ files?\.\n$/);
    expect(stderr).not.toMatch(/^\s+at |node:internal/m);
    expect(asked).toEqual([]);
  });

  it.each(["plan", "apply"])("%s stops before the first request", async (command) => {
    const state = await mkdtemp(join(tmpdir(), "chatform-validate-"));
    const args = ["-f", "083-undefined-variables.yaml", "--state", join(state, "state.json")];
    const result = await chatform(command, ...args, ...(command === "apply" ? ["--auto-approve"] : []));
    const left = await readdir(state);
    await rm(state, { recursive: true });

    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toContain("(undefined-variable)");
    expect(left).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("--json has the shape of terraform validate -json", async () => {
    const { code, stdout, stderr } = await chatform(
      "validate",
      "--json",
      "-f",
      "034-unknown-key-in-room.yaml",
    );

    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      format_version: "1.0",
      valid: false,
      error_count: 1,
      warning_count: 0,
      diagnostics: [
        {
          severity: "error",
          code: "unknown-key",
          summary: "Unknown key",
          detail: expect.any(String) as string,
          help: expect.stringContaining("subject") as string,
          range: {
            filename: "034-unknown-key-in-room.yaml",
            start: { line: 4, column: 5, byte: 31 },
            end: { line: 4, column: 11, byte: 37 },
          },
          snippet: {
            context: null,
            code: "    subjct: Lobby",
            start_line: 4,
            highlight_start_offset: 4,
            highlight_end_offset: 10,
            values: [],
          },
        },
      ],
    });
  });

  it("--json reports valid files as valid", async () => {
    const folder = await mkdtemp(join(tmpdir(), "chatform-validate-"));
    await writeFile(join(folder, "ok.yaml"), "version: 1\nsettings: { reactionsEnabled: true }\n");
    const { code, stdout } = await chatform("validate", "--json", "-f", folder);
    await rm(folder, { recursive: true });

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      format_version: "1.0",
      valid: true,
      error_count: 0,
      warning_count: 0,
      diagnostics: [],
    });
  });
});
