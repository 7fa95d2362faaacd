import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import {
  defaultVariants,
  parseFaults,
  parseSeed,
  startEmulator,
  variantValues,
} from "../../../src/emulator/index.js";
import type { OrgChange } from "../../../src/emulator/index.js";

const page = readFileSync(new URL("../../../docs/emulator.md", import.meta.url), "utf8");

/** The nth example in a language. */
function example(language: string, nth = 0): string {
  return (
    [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter(([, name]) => name === language)[nth]?.[2] ?? ""
  );
}

it("lists every variant, its values and its default", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` *\|([^|]+)\|([^|]+)\|/gm)].map(([, ...cells]) =>
    cells.map((cell) => cell.trim()),
  );
  const wanted = Object.entries(variantValues).map(([name, values]) => {
    const usual = defaultVariants[name as keyof typeof defaultVariants];
    return [
      name,
      typeof values === "string" ? values : values.join(", "),
      typeof usual === "object" ? "see below" : String(usual),
    ];
  });
  expect(rows).toEqual(wanted);
});

it("shows a seed, faults and changes that work", async () => {
  const seed = parseSeed(parse(example("yaml")));
  expect(parseFaults(parse(example("yaml", 1)))).toHaveLength(9);
  const emulator = await startEmulator({ seed });
  const jid = seed.rooms?.[1]?.jid ?? "";
  const id = seed.rooms?.[1]?.messages?.[0]?.id ?? "";
  const changes = JSON.parse(
    example("json").replaceAll("JID", jid).replaceAll('"ID"', `"${id}"`),
  ) as OrgChange[];
  for (const change of changes) emulator.change(change);
  const org = emulator.dump();
  await emulator.close();
  expect(org.rooms.map(({ subject }) => subject)).toEqual(["Support", "By hand"]);
  expect(org.users.map(({ state }) => state)).toEqual(["active", "active", "deleted"]);
});
