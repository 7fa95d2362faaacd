import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  readApplyablePlan,
  readPlanFile,
  writePlanFile,
} from "../../../../src/cli/commands/plan/plan-file.js";
import { DiagnosticsError } from "../../../../src/core/diagnostic.js";
import type { JsonObject } from "../../../../src/core/json/json.js";
import { kinds } from "../../../../src/resources/index.js";
import { validatePlan } from "../../../../src/generated/plan.cjs";
import { planToJson } from "../../../../src/views/plan/plan-json.js";
import type { Because } from "../../../../src/core/plan/because.js";
import type { Change } from "../../../../src/core/plan/change.js";
import { sampleChange, everything, hostile, samplePlan, planWith } from "../samples.js";

const types = new Map(kinds.map(({ name, type }) => [name, type]));
const extra = { types, applyable: true, diagnostics: [] };
const json = JSON.parse(JSON.stringify(planToJson(everything, extra))) as JsonObject & {
  resource_changes: { address: string; change: JsonObject }[];
  chatform: JsonObject;
};
const changeAt = (address: string) => json.resource_changes.find((one) => one.address === address)?.change;

describe("planToJson", () => {
  it("has the shape of terraform show -json", () => {
    expect(json).toMatchObject({
      format_version: "1.2",
      variables: {},
      output_changes: {},
      applyable: true,
      complete: true,
      errored: false,
    });
    expect(json.resource_changes).toHaveLength(8);
    expect(json.resource_changes.find(({ address }) => address === "rooms/lobby")).toMatchObject({
      address: "rooms/lobby",
      mode: "managed",
      type: "chat_room",
      name: "rooms/lobby",
      provider_name: "chatform",
    });
  });

  it.each([
    ["rooms/incident-bridge", ["create"]],
    ["rooms/lobby", ["update"]],
    ["rooms/lobby/messages/old", ["delete"]],
    ["rooms/gone", ["forget"]],
    ["rooms/same", ["no-op"]],
    ["rooms/adopted", ["no-op"]],
  ])("names the actions of %s as Terraform does", (address, actions) => {
    expect(changeAt(address)).toMatchObject({ actions });
  });

  it("leaves values that are known after apply out of `after`", () => {
    expect(changeAt("rooms/incident-bridge/messages/rules")).toMatchObject({
      before: null,
      after: { body: "Read the runbook first" },
      after_unknown: { room: true },
    });
    expect(changeAt("rooms/incident-bridge/messages/rules")?.["after"]).not.toHaveProperty("room");
  });

  it("has the id of an adopted resource as `importing`", () => {
    expect(changeAt("rooms/adopted")).toHaveProperty("importing.id");
    expect(changeAt("rooms/lobby")).not.toHaveProperty("importing");
  });

  it("has the reasons and findings of each change, and Terraform's reason for what leaves the state", () => {
    const change = (address: string, because: Because): Change =>
      sampleChange({ address, action: "forget", because: [because], before: null, after: null });
    const { resource_changes: changes } = planToJson(
      samplePlan([
        change("rooms/a", { reason: "not-in-config", text: "no longer in the config" }),
        change("users/u/settings", { reason: "left-source", text: "left group Support" }),
        change("rooms/z", { reason: "destroyed", text: "destroyed" }),
      ]),
      { types: new Map(), applyable: true, diagnostics: [] },
    );
    expect(changes).toMatchObject([
      { because: [{ reason: "not-in-config" }], action_reason: "delete_because_no_resource_config" },
      { because: [{ reason: "left-source" }], action_reason: "delete_because_each_key" },
      { because: [{ reason: "destroyed" }] },
    ]);
    expect((changes as JsonObject[])[2]).not.toHaveProperty("action_reason");
    const { resource_changes: all } = planToJson(everything, {
      types: new Map(),
      applyable: true,
      diagnostics: [],
    });
    expect(all).toContainEqual(
      expect.objectContaining({
        address: "rooms/same",
        findings: [expect.objectContaining({ place: { file: "rooms/support.yaml", line: 31, column: 3 } })],
      }),
    );
  });

  it("matches schemas/plan.schema.json", () => {
    for (const plan of [everything, ...hostile.map(planWith)]) {
      const value: unknown = JSON.parse(JSON.stringify(planToJson(plan, extra)));
      expect([validatePlan(value), validatePlan.errors]).toEqual([true, null]);
    }
  });
});

describe("a saved plan", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "chatform-plan-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function getCodes(text: string): Promise<readonly string[]> {
    const path = join(folder, "plan.json");
    await writeFile(path, text);
    try {
      await readPlanFile(path, "plan.json");
      return [];
    } catch (error) {
      if (error instanceof DiagnosticsError) return error.diagnostics.map(({ code }) => code);
      throw error;
    }
  }

  it("survives writing and reading", async () => {
    const path = join(folder, "plan.json");
    await writePlanFile(path, JSON.stringify(planToJson(everything, extra)));
    expect(await readPlanFile(path, "plan.json")).toEqual({
      plan: everything,
      applyable: true,
      diagnostics: [],
    });
    expect((await readApplyablePlan(path, "plan.json")).plan).toEqual(everything);
  });

  it("that was refused can be shown but not applied, even if it is edited", async () => {
    const path = join(folder, "plan.json");
    const why = { severity: "error", summary: "Protected", detail: "" };
    const refusal = { applyable: false, diagnostics: [{ ...why, code: "protected" }] };
    const refused = planToJson(everything, { types, ...refusal });
    expect(refused).toMatchObject({ errored: true, ...refusal });
    await writePlanFile(path, JSON.stringify(refused));
    expect(await readPlanFile(path, "plan.json")).toEqual({ plan: everything, ...refusal });
    await expect(readApplyablePlan(path, "plan.json")).rejects.toMatchObject({
      diagnostics: [{ code: "plan-refused" }],
    });
    for (const edit of [{ applyable: true }, { errored: false }, { diagnostics: [] }])
      expect(await getCodes(JSON.stringify({ ...refused, ...edit }))).toEqual(["plan-edited"]);
  });

  it("is refused where it was edited", async () => {
    const text = JSON.stringify(json);
    expect(await getCodes(text)).toEqual([]);
    expect(await getCodes(text.replaceAll('"Lobby"', '"Looby"'))).toEqual(["plan-edited"]);
    expect(await getCodes(text.replaceAll("jane.doe@example.com", "eve@example.com"))).toEqual([
      "plan-edited",
    ]);
  });

  it.each([
    ["nothing", "", "not-a-plan"],
    ["a plan of Terraform's", JSON.stringify({ ...json, chatform: undefined }), "not-a-plan"],
    ["half a plan", JSON.stringify({ ...json, chatform: { ...json.chatform, plan: {} } }), "not-a-plan"],
    [
      "another version",
      JSON.stringify({ ...json, chatform: { ...json.chatform, version: "9.9.9" } }),
      "plan-of-other-version",
    ],
  ])("is refused where it is %s", async (_name, text, code) => {
    expect(await getCodes(text)).toEqual([code]);
  });
});
