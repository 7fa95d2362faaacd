import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Emulator } from "../../src/emulator/index.js";
import { startEmulator } from "../../src/emulator/index.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const execute = promisify(execFile);

let folder: string;
let emulator: Emulator;
let page: string;

/** The page's block in that language. */
function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(page)?.[1] ?? "";
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chatform-kind-"));
  page = await readFile(join(root, "docs/adding-a-kind.md"), "utf8");
  const files = ["package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
  for (const path of ["src", "scripts", "schemas", ...files])
    await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  emulator = await startEmulator();
});
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a program in the copy, to its end, good or bad. */
async function ended(program: string, ...words: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env["PATH"], HOME: folder, NO_COLOR: "1", ...emulator.env };
  return execute(program, words, { cwd: folder, env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => error as Ended,
  );
}

function chatform(...words: readonly string[]): Promise<Ended> {
  return ended(process.execPath, join(folder, "dist/main.js"), ...words);
}

/** Puts the page's file and lines into the copy, and builds it. */
async function addTopics(): Promise<void> {
  const [added = "", listed = ""] = block("diff")
    .split("\n")
    .map((line) => line.replace(/^\+/, ""));
  const registry = join(folder, "src/resources/index.ts");
  const text = await readFile(registry, "utf8");
  await writeFile(registry, `${added}\n${text.replace(/^\];$/m, `${listed}\n];`)}`);
  await writeFile(join(folder, "src/resources/topic.ts"), block("ts"));
  const built = await ended("npm", "run", "--silent", "build");
  expect(built).toMatchObject({ code: 0, stdout: "" });
}

function findJid(subject: string): string {
  return emulator.dump().rooms.find((room) => room.subject === subject)?.jid ?? "";
}

it("needs only the file and the lines of the page for every command", async () => {
  await addTopics();
  const jid = findJid("Front desk");
  const declared = block("yaml").replace(/jid: .*/, `jid: ${jid}`);
  await writeFile(join(folder, "chatform.yaml"), declared.replace(/text: .*/, "text: Ask here"));
  expect(await chatform("validate")).toMatchObject({ code: 0 });

  expect(await chatform("import", "topics/front-desk", jid)).toMatchObject({ code: 0 });
  const plan = JSON.parse((await chatform("plan", "--json")).stdout) as {
    readonly resource_changes: readonly { readonly address: string; readonly type: string }[];
  };
  expect(plan.resource_changes).toMatchObject([{ address: "topics/front-desk", type: "chat_topic" }]);
  expect(await chatform("apply", "--auto-approve")).toMatchObject({ code: 0 });
  expect(emulator.room(jid)?.description).toBe("Ask here");
  expect(await chatform("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });

  const shown = await chatform("show", "topics/front-desk", "--json");
  expect(JSON.parse(shown.stdout)).toEqual({ jid, text: "Ask here" });

  emulator.change({ change: "room", room: jid, set: { description: "Closed" } });
  expect(await chatform("drift")).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("topics/front-desk") as string,
  });

  const exported = await chatform("export", "--all-known");
  expect(exported).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`topics:\n  front-desk:\n    jid: ${jid}\n    text: Closed\n`) as string,
  });
  expect(await chatform("export", "--all-known", "--split", "exported")).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, "exported/topic-front-desk.yaml"), "utf8")).toContain("text: Closed");

  // One block in two files.
  const otherJid = "adhoc-00000000-0000-0000-0000-000000000001@conference.x.orgspan.com";
  const other = `version: 1\ntopics:\n  other:\n    jid: ${otherJid}\n    text: Also here\n`;
  await writeFile(join(folder, "more.yaml"), other);
  const both = ["-f", "chatform.yaml", "-f", "more.yaml"];
  expect(await chatform("validate", ...both)).toMatchObject({ code: 0 });
  expect((await chatform("plan", "--no-refresh", ...both)).stdout).toContain("topics/other");

  // More changes than anybody reads are folded.
  const names = Array.from({ length: 201 }, (_, at) => `t${at}`);
  const many = names.map((name, at) => {
    const number = String(at).padStart(12, "0");
    return `  ${name}: { jid: adhoc-00000000-0000-0000-0000-${number}@conference.x.orgspan.com, text: T }`;
  });
  await writeFile(join(folder, "many.yaml"), `version: 1\ntopics:\n${many.join("\n")}\n`);
  const folded = await chatform("plan", "-f", "many.yaml", "--no-refresh");
  expect(folded.stdout).toContain("topics/*: 1 to forget, 201 to adopt");

  // The schema that the build made checks the blocks.
  await appendFile(join(folder, "chatform.yaml"), "    colour: red\n");
  expect(await chatform("validate")).toMatchObject({ code: 1 });
}, 180_000);
