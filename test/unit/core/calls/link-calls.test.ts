import { takeSteps } from "../../../helpers/steps.js";
import { defaultBudget } from "../../../../src/core/plan/request-budget.js";
import { expect, test } from "vitest";
import type { Plan } from "../../../../src/core/plan/plan.js";
import { makePlan } from "../../../../src/core/plan/planner.js";
import { kinds } from "../../../../src/resources/index.js";
import { planOptions, loadResources } from "../../../helpers/world.js";

async function planned(
  messages: Readonly<Record<string, object>>,
  sent: readonly string[] = [],
): Promise<Plan> {
  const resources = await loadResources({ rooms: { r: { subject: "R", messages } } } as never);
  const recorded = sent.map((name) => [
    `rooms/r/messages/${name}`,
    { kind: "rooms/*/messages/*", id: `id-${name}`, container: "J", applied: { body: "x" } },
  ]);
  const room = { kind: "rooms/*", id: "J", applied: { subject: "R" } };
  const live = (attributes: object): never => ({ present: true, attributes }) as never;
  const { plan, diagnostics } = takeSteps(
    makePlan({
      ...{
        resources,
        orphans: [],
        options: planOptions,
        uncertain: new Map(),
        recovered: new Set<string>(),
        people: {},
        departed: new Map<string, never>(),
        findings: [],
      },
      kinds: new Map(kinds.map((kind) => [kind.name, kind])),
      state: {
        ...{ version: 1, lineage: "L", serial: 1, uncertain: [], users: {} },
        resources: sent.length === 0 ? {} : (Object.fromEntries([["rooms/r", room], ...recorded]) as never),
      },
      live: new Map(
        sent.length === 0
          ? []
          : [
              ["rooms/r", live({ subject: "R" })] as const,
              ...sent.map(
                (name) => [`rooms/r/messages/${name}`, live({ body: "x", threadId: "t" })] as const,
              ),
            ],
      ),
      tokenUser: "me",
      org: {},
      budget: defaultBudget,
    }),
  );
  expect(diagnostics).toEqual([]);
  return plan;
}

/** What each call waits for. */
function waits({ changes }: Plan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    changes.flatMap(({ calls }) => calls).map(({ id, dependsOn }) => [id, dependsOn]),
  );
}

test("messages wait for their room, and each for the one before it", async () => {
  expect(waits(await planned({ a: { body: "x" }, b: { body: "x" } }))).toEqual({
    "rooms/r#1": [],
    "rooms/r/messages/a#1": ["rooms/r#1"],
    "rooms/r/messages/b#1": ["rooms/r#1", "rooms/r/messages/a#1"],
  });
});

test("a reply waits for its thread, although it is declared first", async () => {
  const found = waits(await planned({ b: { body: "x", replyTo: "a" }, a: { body: "x" } }));
  expect(found["rooms/r/messages/a#1"]).toEqual(["rooms/r#1"]);
  expect(found["rooms/r/messages/a#2"]).toEqual(["rooms/r/messages/a#1"]);
  expect(found["rooms/r/messages/b#1"]).toEqual([
    "rooms/r#1",
    "rooms/r/messages/a#1",
    "rooms/r/messages/a#2",
  ]);
});

test("keeps the order across existing messages, which wait for nothing", async () => {
  const found = waits(await planned({ a: { body: "x" }, b: { body: "new" }, c: { body: "x" } }, ["b"]));
  expect(found).toEqual({
    "rooms/r/messages/a#1": [],
    "rooms/r/messages/b#1": [],
    "rooms/r/messages/c#1": ["rooms/r/messages/a#1"],
  });
});
