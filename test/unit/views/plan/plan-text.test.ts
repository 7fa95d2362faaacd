import { describe, expect, it } from "vitest";
import { describeCall } from "../../../../src/cli/commands/plan/show-plan.js";
import type { AttributeChange, Change } from "../../../../src/core/plan/change.js";
import type { Json } from "../../../../src/core/json/json.js";
import { renderPlan } from "../../../../src/views/plan/plan-text.js";
import { styles } from "../../../../src/views/text/terminal.js";
import { displayWidth } from "../../../../src/views/text/wrap.js";
import { sampleCall, sampleChange, everything, samplePlan } from "../samples.js";

const options = { style: styles(false), width: 80, full: false };
const plan = (...changes: readonly Change[]) => samplePlan(changes);

function update(
  before: Json | undefined,
  after: Json | undefined,
  rest: Partial<AttributeChange> = {},
): Change {
  const attribute: AttributeChange = {
    path: "/value",
    cause: "config",
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...rest,
  };
  return sampleChange({ address: "rooms/x", action: "update", attributes: [attribute] });
}

/** The lines of the one change's attributes. */
function shown(change: Change, full = false): readonly string[] {
  const [, ...lines] = renderPlan(plan(change), { ...options, full }).split("\n");
  return lines.slice(0, lines.indexOf("")).map((line) => line.slice(4));
}

describe("renderPlan", () => {
  it("matches the golden file", async () => {
    await expect(renderPlan(everything, { ...options, calls: describeCall })).toMatchFileSnapshot(
      "golden/plan.txt",
    );
  });

  it("matches the golden file in colour", async () => {
    const text = renderPlan(everything, { ...options, style: styles(true) }).replaceAll("\u001b", "␛");
    await expect(text).toMatchFileSnapshot("golden/plan-coloured.txt");
  });

  it("fits the terminal, apart from words that can't be broken", () => {
    for (const width of [80, 100]) {
      for (const line of renderPlan(everything, { ...options, width, calls: describeCall }).split("\n")) {
        const words = line.trim().split(" ");
        if (words.every((word) => word.length < width - 20) && !line.startsWith("Checksum"))
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it("says when there is nothing to do", () => {
    const idle = [sampleChange({ address: "rooms/x", action: "no-op" })];
    const org =
      "Org: Example Org (00000000-0000-4000-8000-00000000000a)\nRegion: eu-central-1 (api.mypurecloud.de)\n";
    expect(renderPlan(samplePlan(idle), options)).toBe(`No changes. The org matches the config.\n${org}`);
    expect(renderPlan(samplePlan([]), options)).toBe(
      `No changes. The config declares no resources: it is empty, or its userSettings entries give nobody.\n${org}`,
    );
    expect(renderPlan(samplePlan([], { org: {} }), options)).toBe(
      "No changes. The config declares no resources: it is empty, or its userSettings entries give nobody.\n",
    );
    const base = samplePlan([]).options;
    expect(renderPlan(samplePlan(idle, { options: { ...base, refresh: false } }), options)).toContain(
      "The state matches",
    );
    expect(renderPlan(samplePlan([], { options: { ...base, targets: ["settings"] } }), options)).toContain(
      "for the selected resources",
    );
    const uncertain = [{ address: "rooms/x", text: "look" }];
    expect(renderPlan(samplePlan([], { uncertain }), options)).not.toContain("The org matches");
  });

  it("summarizes a refresh-only plan", () => {
    const refresh = { options: { ...samplePlan([]).options, mode: "refresh-only" as const } };
    expect(renderPlan(samplePlan([], refresh), options)).toContain("No changes.");
    const text = renderPlan(samplePlan([], { ...refresh, drift: everything.drift }), options);
    expect(text).toContain("Refresh only: 2 resources (1 person added) changed outside");
  });

  it("shows whether the config or the live value changed", () => {
    expect(shown(update("a", "b", { cause: "drift" }))).toEqual(['~ value: "a" -> "b"  # changed outside']);
    expect(shown(update("a", "b", { cause: "conflict" }))[0]).toContain(
      "# changed in the config and outside",
    );
  });
});

describe("values", () => {
  it.each<[Json | undefined, Json | undefined, string]>([
    [undefined, 5, "+ value: 5"],
    [5, undefined, "- value: 5"],
    [true, false, "~ value: true -> false"],
    ["a", "", '~ value: "a" -> ""'],
    ['say "hi"', "b\\c", '~ value: "say \\"hi\\"" -> "b\\c"'],
    [undefined, { $ref: "rooms/y", field: "jid" }, "+ value: (known after apply)"],
    ["x", { $ref: "rooms/y", field: "jid" }, '~ value: "x" -> (known after apply)'],
    [["a"], [], "~ value: -1"],
    [[], [], "+ value: []"],
  ])("%j to %j: %s", (before, after, line) => {
    expect(shown(update(before, after))[0]).toBe(line);
  });

  it("shows people by e-mail, and no inherited members", () => {
    const change = update(["u1", "constructor"], ["u1", "u2"]);
    const text = renderPlan(
      samplePlan([change], { people: { u1: "jane@example.com", u2: "sam@example.com" } }),
      options,
    );
    expect(text).toContain("- constructor");
    expect(text).toContain("+ sam@example.com");
    expect(text).not.toContain("jane");
  });

  it("folds long lists, unless told not to", () => {
    const many = Array.from({ length: 1300 }, (_, at) => `user-${String(at).padStart(4, "0")}`);
    const lines = shown(update([], many));
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe("+ value: +1,300");
    expect(lines.at(-1)).toBe("    + … and 1,291 more (--full shows all)");
    expect(shown(update([], many), true)).toHaveLength(1301);
  });

  it("folds long texts, unless told not to", () => {
    const text = Array.from({ length: 100 }, (_, at) => `line ${at}`).join("\n");
    expect(shown(update(undefined, text))).toHaveLength(21);
    expect(shown(update(undefined, text), true)).toHaveLength(101);
  });

  it("shows where two long lines differ", () => {
    const text = "x".repeat(1000);
    const lines = shown(update(`${text}A${text}`, `${text}B${text}`));
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ {4}- …x{40}Ax+…$/);
    expect(lines[2]).toMatch(/^ {4}\+ …x{40}Bx+…$/);
  });

  it("shows a difference that is only a carriage return, or a last line break", () => {
    const returns = shown(update("one\r\ntwo\n", "one\ntwo\n"));
    expect(returns).toContain("    - one\\u{d}");
    expect(returns).toContain("    + one");
    expect(shown(update("one\ntwo\n", "one\ntwo"))).toContain("    \\ no line break at the end");
  });

  it("does not search for the smallest difference of long texts, which would take minutes", () => {
    const lines = (seed: number) =>
      Array.from({ length: 5000 }, (_, at) => String((at * seed) % 7919)).join("\n");
    expect(shown(update(lines(31), lines(57)))).toContain("~ value:");
  });
});

describe("calls", () => {
  it("show references that are known after apply, and cut long texts", () => {
    const room = { $ref: "rooms/y", field: "jid" };
    const body = { message: "m".repeat(300), mentions: [room] };
    const call = sampleCall("rooms/x#1", "postChatsRoomMessages", { roomJid: room }, body);
    const change = sampleChange({ address: "rooms/x", action: "update", calls: [call] });
    const text = renderPlan(plan(change), { ...options, calls: describeCall });
    expect(text).toContain("POST   /api/v2/chats/rooms/(rooms/y)/messages\n");
    expect(text).toContain('"(jid of rooms/y)"');
    expect(text).toContain(`${"m".repeat(200)}… (--full shows all)`);
    const full = renderPlan(plan(change), { ...options, full: true, calls: describeCall });
    expect(full).toContain("m".repeat(300));
  });
});
