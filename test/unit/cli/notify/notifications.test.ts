/** Tests what receivers are told, and when. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ApiClient } from "../../../../src/api/client.js";
import type { AuditRun } from "../../../../src/cli/commands/drift/run-audit.js";
import { Secrets } from "../../../../src/cli/masking/secrets.js";
import { notifyTargets, openNotifications } from "../../../../src/cli/notify/notifications.js";
import { receiver } from "../../../helpers/watching.js";
import { everything, sampleAudit } from "../../views/samples.js";

const api = {} as ApiClient;
const drift = { audit: sampleAudit(everything) } as AuditRun;
const inSync = { audit: sampleAudit(everything, { drift: [] }) } as AuditRun;
const repaired = { ...inSync, repaired: { addresses: ["rooms/lobby"], removedPeople: 2, left: [] } };

let cwd = "";
let hook: Awaited<ReturnType<typeof receiver>>;
let err: PassThrough;
const secrets = new Secrets();
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "chatform-notify-"));
  hook = await receiver([], { location: "/elsewhere" });
  err = new PassThrough();
});
afterEach(async () => {
  await hook.close();
  await rm(cwd, { recursive: true });
});

function open(
  type: string,
  { notified, file = ["chatform.yaml"] }: { notified?: string; file?: string[] } = {},
) {
  const never = new AbortController().signal;
  return openNotifications(
    { notify: [`${type}=${hook.url}`], file, ...(notified === undefined ? {} : { notified }) },
    {
      ...{ cwd, env: {}, stdin: () => new PassThrough(), stdout: new PassThrough(), stderr: err, secrets },
      ...{ now: () => new Date(0), stop: never, abort: never, repeatOptions: (text) => text },
    },
  );
}

const verdicts = () => hook.bodies.map(({ body }) => body["verdict"]);

it("tells a change of the verdict once", async () => {
  const { send } = await open("webhook");
  for (const run of [inSync, drift, drift, inSync, inSync]) expect(await send(api, run)).toBe(0);
  expect(verdicts()).toEqual(["drift", "in-sync"]);
});

it.each(["webhook", "slack", "teams"])(
  "names by e-mail a user whom an address names by id: %s",
  async (type) => {
    const id = "11111111-1111-4111-8111-111111111111";
    const [one] = drift.audit.drift;
    const found = sampleAudit(everything, { drift: [{ ...one!, address: `users/${id}/settings` }] });
    const { send } = await open(type);
    await send(api, { audit: found } as AuditRun);
    expect(JSON.stringify(hook.bodies)).toContain(`- users/${id}/settings (jane.doe@example.com): `);
  },
);

it("tells every repair", async () => {
  const { send } = await open("webhook");
  for (const run of [repaired, inSync, repaired]) await send(api, run);
  expect(verdicts()).toEqual(["in-sync", "in-sync"]);
});

it("remembers between runs what was told, for each receiver, environment and config", async () => {
  const notified = "notified.json";
  const tell = async (run: AuditRun, type = "webhook", file = ["chatform.yaml"]) =>
    (await open(type, { notified, file })).send(api, run);
  for (const run of [inSync, drift, drift, inSync, inSync, drift]) await tell(run);
  expect(verdicts()).toEqual(["drift", "in-sync", "drift"]);
  await tell(drift, "slack");
  await tell(drift, "webhook", ["other.yaml"]);
  await tell({ ...drift, audit: { ...drift.audit, org: { environment: "prod" } } });
  expect(hook.bodies).toHaveLength(6);
  expect(await readFile(join(cwd, notified), "utf8")).not.toContain("hooks");
});

it("tells drift again after a failure, and does not remember the failed attempt", async () => {
  const tell = async () => (await open("webhook", { notified: "notified.json" })).send(api, drift);
  hook.respond(404);
  expect(await tell()).toBe(1);
  expect(String(err.read())).toMatch(/^Warning: Could not notify the webhook at 127.0.0.1:\d+: .* 404\.\n$/);
  expect(await tell()).toBe(0);
  expect(verdicts()).toEqual(["drift", "drift"]);
});

it("follows no redirect", async () => {
  hook.respond(302);
  expect(await (await open("teams")).send(api, drift)).toBe(1);
  expect(String(err.read())).toContain("302, a redirect, which is not followed");
  expect(hook.bodies.map(({ url }) => url)).toEqual(["/hooks/secret-path"]);
});

it.each(["no JSON", '{"delivered":[]}'])("warns of a file that holds %j, and tells", async (text) => {
  await writeFile(join(cwd, "notified.json"), text);
  expect(await (await open("webhook", { notified: "notified.json" })).send(api, drift)).toBe(0);
  expect(String(err.read())).toContain("Warning: --notified notified.json can't be read");
  expect(verdicts()).toEqual(["drift"]);
});

it("warns of a file that can't be written", async () => {
  expect(await (await open("webhook", { notified: "none/notified.json" })).send(api, drift)).toBe(0);
  expect(String(err.read())).toContain("Warning: --notified none/notified.json can't be written");
});

it("masks the URL of a webhook", async () => {
  await open("slack");
  expect(secrets.mask(`at ${hook.url} or /hooks/secret-path`)).toBe("at *** or ***");
});

it.each([
  [undefined, ["room=rooms/ops"]],
  ["", ["room=rooms/ops"]],
  [
    " github-issue\nteams=https://a.example/?b=c,d ",
    ["room=rooms/ops", "github-issue", "teams=https://a.example/?b=c,d"],
  ],
  ["room=rooms/ops", ["room=rooms/ops"]],
])("adds the targets of CHATFORM_NOTIFY %j", (value, targets) => {
  expect(notifyTargets({ notify: ["room=rooms/ops"] }, { CHATFORM_NOTIFY: value })).toEqual(targets);
});
