import { expect, test } from "vitest";
import { ApiError } from "../../../../src/api/errors.js";
import type { Call } from "../../../../src/core/calls/call.js";
import { InternalError } from "../../../../src/core/diagnostic.js";
import { resourceRef } from "../../../../src/core/calls/reference.js";
import { CapturedValues } from "../../../../src/engine/apply/captured-values.js";

const jid = resourceRef("rooms/a", "jid");
const create: Call = {
  ...{ id: "rooms/a#1", operation: "postChatsRooms", params: {}, dependsOn: [], effects: [] },
  captures: { jid: "/jid" },
};
const send: Call = {
  id: "rooms/a/messages/m#1",
  operation: "postChatsRoomMessages",
  params: { roomJid: jid },
  body: { message: "M", mentions: [jid] },
  effects: [{ path: "/mentions", add: [jid] }],
  dependsOn: ["rooms/a#1"],
};

test("fills in a value of a response wherever it is referred to", () => {
  const captured = new CapturedValues();
  expect(captured.take(create, "rooms/a", { jid: "J" })).toEqual([["jid", "J"]]);
  expect(captured.get(jid)).toBe("J");
  expect(captured.params(send)).toEqual({ roomJid: "J" });
  expect(captured.body(send)).toEqual({ message: "M", mentions: ["J"] });
  expect(captured.effects(send)).toEqual([{ path: "/mentions", add: ["J"] }]);
  expect(captured.container(send)).toBe("J");
  expect([captured.isUsedBy(create), captured.isUsedBy(send)]).toEqual([false, true]);
});

test.each([[undefined], [{}], [{ jid: 7 }], [{ jid: "" }], ["J"]])(
  "makes the outcome unclear for a response without the value: %j",
  (body) => {
    const captured = new CapturedValues();
    expect(() => captured.take(create, "rooms/a", body)).toThrow(ApiError);
    expect(captured.get(jid)).toBeUndefined();
  },
);

test("throws for a value that was never captured", () => {
  expect(() => new CapturedValues().params(send)).toThrow(InternalError);
});
