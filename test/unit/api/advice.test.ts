import { describe, expect, it, test } from "vitest";
import type { OperationName } from "../../../src/api/operations/operations.js";
import type { ApiError } from "../../../src/api/errors.js";
import { toApiError } from "../../../src/api/error-body.js";
import type { Exchange } from "../../../src/api/exchange.js";

/** The error of a response with a status and a code of the platform. */
function failed(name: OperationName, status: number, code: string | undefined): ApiError {
  const exchange = { name, method: "GET", path: "/" } as Exchange;
  const text = code === undefined ? "<html>" : JSON.stringify({ code, message: "The service's reason" });
  return toApiError(exchange, { status, headers: {}, body: Buffer.from(text), secret: undefined }, "refused");
}

/** Every published code with its status, and a word of the next step. */
const published: readonly (readonly [status: number, code: string, says: RegExp])[] = [
  [400, "bad.request", /value that the message names/],
  [400, "invalid.value", /value that the message names/],
  [400, "invalid.property", /value that the message names/],
  [400, "constraint.validation", /value that the message names/],
  [400, "client.failed.request", /again.*correlation id/],
  [400, "invalid.date", /ISO 8601/],
  [400, "not.a.user", /token of a user/],
  [400, "response.entity.too.large", /less at once.*limit=/],
  [401, "authentication.required", /Authorization/],
  [401, "bad.credentials", /region/],
  [401, "credentials.expired", /new access token/],
  [401, "ip.not.authorized", /IP address/],
  [403, "missing.any.permissions", /permissions: chat:chat:access, chat:room:edit\./],
  [403, "missing.permissions", /permissions: chat:chat:access, chat:room:edit\./],
  [403, "missing.division.permission", /permissions in the division: chat:/],
  [403, "missing.any.division.permissions", /permissions in the division: chat:/],
  [403, "not.authorized", /does not say why/],
  [403, "forbidden", /does not say why/],
  [403, "app.not.authorized.for.scope", /Add the scope.*A permission does not help/],
  [403, "authz.policy.denied", /access policy.*A permission does not help/],
  [404, "not.found", /Check the id/],
  [405, "method.not.allowed", /does not have the operation/],
  [408, "client.timeout", /again/],
  [409, "request.conflict", /Plan again/],
  [413, "request.entity.too.large", /512,000 bytes/],
  [415, "unsupported.media.type", /Content-Type/],
  [429, "too.many.requests", /later/],
  [429, "too.many.requests.retry.after", /later/],
  [500, "internal.server.error", /later.*correlation id/],
  [503, "service.unavailable", /later/],
  [504, "request.timeout", /later/],
  [504, "authentication.request.timeout", /check the token in time/],
];

test.each(published)("%i %s has its own next step", (status, code, says) => {
  expect(failed("patchChatsRoom", status, code).advice).toMatch(says);
});

test.each(published.filter(([, code]) => !code.startsWith("missing.")))(
  "%i %s names no permission to add",
  (status, code) => {
    const { advice, failure } = failed("patchChatsRoom", status, code);
    expect(failure.permissions).toBeUndefined();
    expect(advice).not.toMatch(/chat:|Give the credentials/);
  },
);

test("a missing permission of an operation that needs none is the one that the message names", () => {
  expect(failed("getChatsUsersMeSettings", 403, "missing.permissions").advice).toBe(
    "Give the credentials the permission that the message names.",
  );
});

test("an unknown code has no advice, and a response of a proxy names the proxy", () => {
  expect(failed("patchChatsRoom", 403, "a.new.code").advice).toBeUndefined();
  expect(failed("patchChatsRoom", 403, undefined).advice).toMatch(/proxy/);
});

describe("by operation", () => {
  it("says what forbidden means for the removal of a participant", () => {
    expect(failed("deleteChatsRoomParticipant", 403, "forbidden").advice).toMatch(/removal of this user/);
  });

  it.each([
    ["patchChatsRoomMessage", 403, "forbidden"],
    ["patchChatsRoomMessage", 403, "not.authorized"],
    ["patchChatsUserMessage", 400, "bad.request"],
    ["patchChatsUserMessage", 409, "request.conflict"],
  ] as const)("names the way out of the time to edit a message: %s, %i %s", (name, status, code) => {
    expect(failed(name, status, code).advice).toMatch(/If that time is over, rename the message/);
  });

  it.each([
    ["patchChatsRoomMessage", 400, "constraint.validation"],
    ["patchChatsRoomMessage", 403, "missing.any.permissions"],
    ["deleteChatsRoomMessage", 409, "request.conflict"],
  ] as const)("has nothing about that time where it is not the reason: %s, %i %s", (name, status, code) => {
    expect(failed(name, status, code).advice).not.toMatch(/time is over/);
  });

  it("says how to keep own settings that the service cannot reset", () => {
    expect(failed("deleteChatsUsersMeSettings", 405, "method.not.allowed").advice).toMatch(
      /chatform state forget me\/settings$/,
    );
  });
});
