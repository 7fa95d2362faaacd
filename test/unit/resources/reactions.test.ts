import { describe, expect, it } from "vitest";
import { canonicalEmoji } from "../../../src/resources/messages/emoji.js";
import { decodeMessage } from "../../../src/resources/messages/message-live.js";

const me = "39dfca7e-9717-4ae5-9a9d-6891a531cb64";

function reactionsAs(
  live: readonly string[],
  declared: readonly string[],
  applied: readonly string[] | undefined,
): unknown {
  const subject = {
    address: "rooms/a/messages/b",
    kind: "rooms/*/messages/*",
    attributes: { reactions: declared },
    ...(applied === undefined ? {} : { applied: { reactions: applied } }),
    pointer: "",
  };
  const reactions = live.map((emoji) => ({ emoji, users: [{ id: me }] }));
  return decodeMessage(subject, { id: "m", body: "", reactions }, me)["reactions"];
}

describe("emojis", () => {
  it.each([
    [":thumbsup:", "👍"],
    ["+1", "👍"],
    ["heart", "❤"],
    ["❤️", "❤"],
    ["1f44d", "👍"],
    ["1f1e8-1f1ed", "🇨🇭"],
    ["dead", "dead"],
    ["unknown-name", "unknown-name"],
  ])("%s is %s", (written, canonical) => {
    expect(canonicalEmoji(written)).toBe(canonical);
  });
});

describe("reactions of the token's user", () => {
  it("are written as in the config", () => {
    expect(reactionsAs([":thumbsup:"], ["👍"], undefined)).toEqual(["👍"]);
    expect(reactionsAs(["👍", "🎉"], [":+1:"], undefined)).toEqual([":+1:", "🎉"]);
  });

  it("are those that were applied, where they can't be read", () => {
    expect(reactionsAs(["emoji-4711"], ["👍"], ["👍"])).toEqual(["👍"]);
    expect(reactionsAs(["🎉", "emoji-4711"], ["👍", "🎉"], ["👍", "🎉"])).toEqual(["🎉", "👍"]);
  });

  it("are not those that were applied, where their number differs or they can be read", () => {
    expect(reactionsAs(["a", "b"], ["👍"], ["👍"])).toEqual(["a", "b"]);
    expect(reactionsAs(["🎉"], ["👍"], ["👍"])).toEqual(["🎉"]);
    expect(reactionsAs(["emoji-4711"], ["👍"], undefined)).toEqual(["emoji-4711"]);
  });
});
