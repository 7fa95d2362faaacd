/**
 * `npm run demo`: runs chatform from an empty folder to a repaired org, on an emulator in this process. Every command runs the
 * built program as a user would. Exits 1 if a step does not have the expected result.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const program = at("dist/main.js");
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop.abort());

process.exitCode = await main();

async function main() {
  if (!existsSync(program)) {
    process.stderr.write("chatform is not built yet. Run: npm ci\n");
    return 1;
  }
  const { startEmulator } = await import("../dist/emulator/index.js");
  const folder = await mkdtemp(join(tmpdir(), "chatform-demo-"));
  const emulator = await startEmulator({ actingUser: "jane.doe@example.com" });
  try {
    await demo({ folder, emulator, chatform: (...words) => chatform(words, folder, emulator.env) });
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function demo({ folder, emulator, chatform }) {
  const files = await readFile(at("examples/demo.yaml"), "utf8");
  // Without the comment at its head, which is about the example's folder.
  const desired = files.replace(/^(?:#.*\n)+/, "");
  await writeFile(join(folder, "chatform.yaml"), desired);
  say(`An emulator runs an example org. A config file declares the chat that it should have:\n`);
  say(`$ cat chatform.yaml\n${desired}`);

  await chatform("validate");
  await chatform("plan", "--out", "plan.json");
  expect(await changesIn(folder, "plan.json"), 6, "changes in the first plan");
  await chatform("apply", "plan.json");
  expect(getRooms(emulator).length, 4, "rooms");
  await chatform("plan", "--detailed-exitcode");

  say("Now somebody renames the room, removes Ana from it, and edits the message.\n");
  const room = bridge(emulator);
  const [message] = room.messages;
  emulator.change({ change: "room", room: room.jid, set: { subject: "War room" } });
  emulator.change({ change: "leave", room: room.jid, user: "ana@example.com" });
  emulator.change({ change: "edit-message", message: message.id, body: "Panic first." });

  await chatform("plan", "--out", "repair.json");
  expect(await changesIn(folder, "repair.json"), 2, "changes in the plan to repair it");
  await chatform("apply", "repair.json");
  const repaired = bridge(emulator);
  expect(repaired.participants.join(), room.participants.join(), "participants of the room");
  expect(repaired.subject, room.subject, "the room's subject");
  expect(repaired.messages[0].body, message.body, "the message");
  await chatform("plan", "--detailed-exitcode");
}

/** Prints a command line, runs it, prints its output. @throws Error when it fails. */
async function chatform(words, cwd, env) {
  say(`$ chatform ${words.join(" ")}`);
  const isTerminal = process.stdout.isTTY === true;
  const child = spawn(process.execPath, [program, ...words], {
    ...{ cwd, env: { ...isolated(process.env), ...env } },
    // A terminal is inherited, so that the output looks as it does by hand.
    stdio: ["ignore", isTerminal ? "inherit" : "pipe", isTerminal ? "inherit" : "pipe"],
  });
  child.stdout?.on("data", (chunk) => process.stdout.write(chunk));
  child.stderr?.on("data", (chunk) => process.stderr.write(chunk));
  const interrupt = () => child.kill("SIGINT");
  stop.signal.addEventListener("abort", interrupt);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  stop.signal.removeEventListener("abort", interrupt);
  stop.signal.throwIfAborted();
  if (code !== 0) throw new Error(`chatform ${words.join(" ")} ended with ${code}`);
  say("");
}

/** Removes variables by which the demo could reach an org, and CI, where chatform refuses a local state. */
function isolated(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:GENESYSCLOUD_|CHATFORM_|CI$)/.test(name)),
  );
}

async function changesIn(folder, file) {
  const plan = JSON.parse(await readFile(join(folder, file), "utf8"));
  return plan.resource_changes.filter(({ change }) => change.actions.join() !== "no-op").length;
}

function getRooms(emulator) {
  return emulator.dump().rooms;
}

function bridge(emulator) {
  const room = getRooms(emulator).find(({ description }) => description === "Where incidents are run.");
  if (room === undefined) throw new Error("there is no room");
  return room;
}

function expect(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
