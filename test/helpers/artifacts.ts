/** What the actions upload-artifact and download-artifact do with the inputs that the workflows use. */
import { cp, mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileExists } from "../../src/core/file-exists.js";
import type { Machine } from "./shell.js";

type Inputs = Readonly<Record<string, string>>;

/** Keeps the files that exist. @param run the run's own id */
export async function uploadArtifact(inputs: Inputs, run: string, machine: Machine): Promise<void> {
  const { name = "", path = "" } = inputs;
  const folder = await artifactFolder(run, name, machine);
  await rm(folder, { recursive: true, force: true });
  for (const file of path.trim().split("\n")) {
    if (!(await fileExists(file))) continue;
    await mkdir(folder, { recursive: true });
    await cp(file, join(folder, basename(file)));
  }
}

/** Copies the files of an artifact, if there is one: a pattern that matches nothing is no error. @param run the run's own id */
export async function downloadArtifact(inputs: Inputs, run: string, machine: Machine): Promise<void> {
  const { pattern = "", path = "" } = inputs;
  const other = inputs["run-id"];
  if (other !== undefined && inputs["github-token"] === undefined) throw new Error("no token");
  const folder = await artifactFolder(other ?? run, pattern, machine);
  if (await fileExists(folder)) await cp(folder, path, { recursive: true });
}

async function artifactFolder(run: string, name: string, machine: Machine): Promise<string> {
  return join(await machine.beside("artifacts"), run, name);
}
