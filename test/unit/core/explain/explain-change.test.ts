import { expect, test } from "vitest";
import { defaultBudget } from "../../../../src/core/plan/request-budget.js";
import { makePlan } from "../../../../src/core/plan/planner.js";
import type { Resource } from "../../../../src/core/kind/resource.js";
import type { LiveValue } from "../../../../src/core/kind/read.js";
import type { RecordedResource } from "../../../../src/core/state/state.js";
import { kinds } from "../../../../src/resources/index.js";
import { takeSteps } from "../../../helpers/steps.js";
import { planOptions } from "../../../helpers/world.js";

const attributes = { mobile: { notifications: { when: "Never" } } };

function settingsOf(user: string, source: string): Resource {
  return {
    ...{ address: `users/${user}/settings`, kind: "users/*/settings", id: user },
    ...{ attributes, pointer: "/userSettings/agents", from: { entry: "userSettings/agents", source } },
  };
}

test("users who are new in a block for many are explained with one look at the state", () => {
  const recorded: RecordedResource = {
    ...{ kind: "users/*/settings", id: "old", applied: attributes },
    from: { entry: "userSettings/agents", source: "group:Support" },
  };
  let looks = 0;
  const counted = new Proxy<Readonly<Record<string, RecordedResource>>>(
    { "users/old/settings": recorded },
    {
      ownKeys(target) {
        looks++;
        return Reflect.ownKeys(target);
      },
    },
  );
  const joined = Array.from({ length: 20 }, (_, at) => settingsOf(`a${at}`, "group:Support"));
  const declared = Array.from({ length: 20 }, (_, at) => settingsOf(`b${at}`, "group:Night"));
  const resources = [settingsOf("old", "group:Support"), ...joined, ...declared];
  const { plan } = takeSteps(
    makePlan({
      ...{ resources, orphans: [], options: { ...planOptions, refresh: false }, uncertain: new Map() },
      ...{ recovered: new Set<string>(), people: {}, departed: new Map<string, never>(), findings: [] },
      kinds: new Map(kinds.map((kind) => [kind.name, kind])),
      state: {
        ...{ version: 1, lineage: "L", serial: 1, uncertain: [], users: {} },
        resources: counted,
      },
      live: new Map(
        resources.map(({ address }): [string, LiveValue] => [address, { present: true, attributes: {} }]),
      ),
      ...{ tokenUser: "me", org: {}, budget: defaultBudget },
    }),
  );
  const texts = new Map(plan.changes.map(({ address, because }) => [address, because[0]?.text]));
  expect(texts.get("users/a7/settings")).toBe("joined group Support");
  expect(texts.get("users/b7/settings")).toBe("member of group Night");
  expect(looks).toBeLessThan(10);
});
