import { expect, test } from "vitest";
import type { Drift } from "../../../../src/core/plan/change.js";
import { driftedAttributeLines } from "../../../../src/views/plan/change-text.js";
import { lineText } from "../../../../src/views/text/line.js";

const id = "22222222-2222-4222-8222-222222222222";

test.each([
  [`users/${id}/settings`, ["user: sam@example.com", 'muted: "no" -> "yes"']],
  ["users/sam@example.com/settings", ['muted: "no" -> "yes"']],
  ["rooms/a", ['muted: "no" -> "yes"']],
])("drift of %s tells whose it is where the address has an id", (address, lines) => {
  const drift = {
    ...{ address, kind: "users/*/settings", class: "drift", because: [], paths: ["/muted"] },
    ...{ before: { muted: "no" }, after: { muted: "yes" } },
  } as unknown as Drift;
  const shown = driftedAttributeLines(drift, { people: { [id]: "sam@example.com" }, full: false, width: 80 });
  expect(shown.map(lineText)).toEqual(lines);
});
