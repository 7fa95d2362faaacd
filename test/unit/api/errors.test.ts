import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { ApiRequest } from "../../../src/api/api.js";
import { createApi } from "../../../src/api/client.js";
import { ApiError } from "../../../src/api/errors.js";
import type { RequestEntry } from "../../../src/api/middleware.js";
import type { Act, Seen } from "./service.js";
import { FastClock, Service, world } from "./service.js";

const create: ApiRequest = { operation: "postChatsRooms", body: { subject: "the-body" } };

async function getError(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`no ApiError: ${String(error)}`);
}

test("names operation, status, code, message, correlation id and permissions", async () => {
  const { api, service } = await world();
  const body = {
    message: "No permission",
    code: "missing.any.permissions",
    status: 403,
    contextId: "c-body",
  };
  service.script = [
    { status: 403, body, headers: { "ININ-Correlation-Id": "c-header" } },
    { status: 409, body },
  ];
  expect((await getError(api.call(create))).failure).toEqual({
    operation: "postChatsRooms",
    method: "POST",
    path: "/api/v2/chats/rooms",
    outcome: "refused",
    status: 403,
    code: "missing.any.permissions",
    reason: "No permission",
    correlationId: "c-header",
    permissions: ["chat:chat:access", "chat:room:add"],
  });
  const second = await getError(api.call(create));
  expect(second.failure).toMatchObject({ status: 409, correlationId: "c-body" });
  expect(second.failure.permissions).toBeUndefined();
  expect(second.message).toContain("c-body");
});

test("recognizes a body that is not an error body of the platform", async () => {
  const { api, service } = await world();
  service.script = [{ status: 403, body: "<html>Forbidden by proxy</html>" }];
  const { failure } = await getError(api.call(create));
  expect(failure).toMatchObject({ code: "http.403", status: 403 });
  expect(failure.reason).not.toContain("<html>");
});

test("shows the service's text on one line of bounded length, control characters visible", async () => {
  const { api, service } = await world();
  const message = `a\r\nb\u001b[2Jc\u202ed\u200b${"x".repeat(5000)}`;
  service.script = [{ status: 400, body: { message, code: "bad\u0007.request", contextId: "c\n" } }];
  const { failure, message: shown } = await getError(api.call(create));
  expect(failure.reason.startsWith("a b\\u{1b}[2Jc\\u{202e}d\\u{200b}")).toBe(true);
  expect(failure.reason.length).toBeLessThan(600);
  expect(failure.code).toBe("bad\\u{7}.request");
  expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

/** Sends the request back in the message and as a header. */
function mirror(status: number): Act {
  return (seen: Seen, response) => {
    const message = `you sent ${JSON.stringify(seen)}`;
    response.writeHead(status, { "ININ-Correlation-Id": String(seen.headers.authorization) });
    response.end(JSON.stringify({ message, code: message, description: message, error: "x" }));
  };
}

const notJson: Act = (seen, response) => {
  response.writeHead(200, { "ININ-Correlation-Id": String(seen.headers.authorization) });
  response.end(`<p>${JSON.stringify(seen)}`);
};

const garbage: Act = (seen, response) => {
  response.socket?.end(`HTTP/1.1 garbage ${JSON.stringify(seen)}\r\n\r\n`);
};

test.each([mirror(400), mirror(401), mirror(403), mirror(500), notJson, garbage, "drop"] as Act[])(
  "never shows a secret (%#)",
  async (act) => {
    const entries: RequestEntry[] = [];
    const service = await new Service().start();
    service.tokenSeconds = 86_400;
    service.script = [act];
    const secrets = ["the-secret", Buffer.from("the-id:the-secret").toString("base64"), "T0KEN"];
    const given = { type: "token", token: "T0KEN-given" } as const;
    for (const more of [{}, { credentials: given }]) {
      service.tokenScript = [{ status: 200, body: { access_token: "T0KEN-minted", expires_in: 900 } }];
      const connection = service.connection(more);
      const clock = new FastClock();
      const onRequest = (entry: RequestEntry): number => entries.push(entry);
      const api = createApi({ connection, parallelism: 1, clock, onRequest });
      onTestFinished(() => api.close());
      const error = await getError(api.call(create));
      const shown = [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), error.stack];
      const all = [...shown, inspect(api, { depth: 10 }), JSON.stringify(entries)].join("\n");
      for (const secret of secrets) expect(all).not.toContain(secret);
    }
  },
);

test.each([mirror(400), mirror(401), mirror(200), garbage, "drop"] as Act[])(
  "never shows a secret when there is no token to be had (%#)",
  async (act) => {
    const { api, service } = await world();
    service.tokenScript = Array.from({ length: 10 }, () => act);
    const error = await getError(api.call(create));
    expect(error.failure).toMatchObject({ operation: "oauth.token", outcome: "not-sent" });
    const all = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
    for (const secret of ["the-secret", Buffer.from("the-id:the-secret").toString("base64")]) {
      expect(all).not.toContain(secret);
    }
    expect(service.log).toHaveLength(0);
  },
);
