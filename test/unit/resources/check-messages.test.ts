import { expect, it } from "vitest";
import { checkMessages } from "../../../src/resources/messages/check-messages.js";

const count = 10_000;

/** Returns the details of the problems of messages. @param replyTo returns the name that the message at a position replies to */
function check(
  replyTo: (at: number) => string | undefined,
  messages = count,
): readonly (readonly [detail: string | undefined, help: string | undefined])[] {
  const named = Array.from({ length: messages }, (_one, at) => {
    const name = replyTo(at);
    return [`m${at}`, { body: "Hi", ...(name === undefined ? {} : { replyTo: name }) }] as const;
  });
  const path = { names: ["r"], pointer: "/rooms/r" };
  return checkMessages({ messages: Object.fromEntries(named) }, path).map(({ detail, help }) => [
    detail,
    help,
  ]);
}

it("follows chains and cycles of thousands of replies once", () => {
  expect(check((at) => (at === 0 ? undefined : `m${at - 1}`))).toEqual([]);
  expect(check((at) => (at === count - 1 ? undefined : `m${at + 1}`))).toEqual([]);
  expect(check((at) => `m${(at + 1) % count}`)).toHaveLength(count);
});

it("reports the messages of a cycle, but not those that reply to it", () => {
  const problems = check((at) => (at === 3 ? "m1" : `m${at + 1}`), 4).concat(check(() => "m0", 2));

  expect(problems.map(([detail]) => detail)).toEqual([
    '"m1" replies to itself through its replyTo.',
    '"m2" replies to itself through its replyTo.',
    '"m3" replies to itself through its replyTo.',
    '"m0" replies to itself through its replyTo.',
  ]);
});

it("names few of thousands of messages in each of thousands of problems", () => {
  const problems = check((at) => `other${at}`);

  expect(problems).toHaveLength(count);
  expect(problems[0]?.[1]).toMatch(/m1, m2, .*, m20 and 9979 more\.$/);
});

it("says which message is meant", () => {
  expect(check((at) => (at === 0 ? "m01" : undefined), 2)).toEqual([
    ["No message with this name is declared here.", 'Did you mean "m1"?'],
  ]);
  expect(check(() => "x", 1)[0]?.[1]).toBe("Declare the message here, or remove replyTo.");
  expect(check((at) => (at === 0 ? "x" : undefined), 3)[0]?.[1]).toBe(
    "Use one of the messages declared here: m1, m2.",
  );
});
