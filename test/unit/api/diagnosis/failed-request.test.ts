import { describe, expect, test } from "vitest";
import { explainFailedRequest } from "../../../../src/api/diagnosis/failed-request.js";
import type { ServicePlace } from "../../../../src/api/diagnosis/service-place.js";
import type { ApiFailure } from "../../../../src/api/errors.js";
import { ApiError } from "../../../../src/api/errors.js";
import type { NetworkErrorCode } from "../../../../src/http/network-error.js";
import { NetworkError } from "../../../../src/http/network-error.js";
import type { Proxy } from "../../../../src/http/proxy.js";

function place(type: "client" | "token" = "client", proxy?: Proxy): ServicePlace {
  const setting = "GENESYSCLOUD_REGION, eu-central-1";
  return {
    api: { name: "api.mypurecloud.de", url: "https://api.mypurecloud.de", setting, proxy },
    login: { name: "login.mypurecloud.de", url: "https://login.mypurecloud.de", setting, proxy },
    credentials: { type, settings: "SETTINGS" },
    proxy: { address: "https_proxy", login: "https_proxy=http://USER:PASSWORD@HOST:PORT" },
    tokenPoolSize: 1,
  };
}

function apiError(failure: Partial<ApiFailure>, cause?: NetworkError): ApiError {
  const request = { operation: "getUsersMe", method: "GET", path: "/api/v2/users/me", reason: "No." };
  return new ApiError(
    { ...request, outcome: "refused", code: "x", ...failure },
    cause === undefined ? {} : { cause },
  );
}

function noResponse(code: NetworkErrorCode, systemCode: string, reason = systemCode): ApiError {
  return apiError({ code }, new NetworkError(code, false, reason, systemCode));
}

describe("a request without a response", () => {
  test.each<[string, ApiError, string, string]>([
    [
      "a wrong host",
      noResponse("connection.failed", "ENOTFOUND", "getaddrinfo ENOTFOUND api.mypurecloud.de"),
      "api.mypurecloud.de has no address: getaddrinfo ENOTFOUND api.mypurecloud.de.",
      "Check the network and the DNS of this machine, and the spelling of the host: GENESYSCLOUD_REGION, eu-central-1.",
    ],
    [
      "a broken DNS",
      noResponse("connection.failed", "EAI_AGAIN"),
      "has no address",
      "the DNS of this machine",
    ],
    [
      "no network",
      noResponse("connection.failed", "ENETUNREACH"),
      "This machine has no network connection to",
      "https_proxy",
    ],
    ["a firewall", noResponse("connection.failed", "ECONNREFUSED"), "refuses the connection", "firewall"],
    [
      "a reset",
      noResponse("connection.failed", "UND_ERR_SOCKET", "other side closed"),
      "broke: other side closed.",
      "Run the command again.",
    ],
    [
      "no time",
      noResponse("timeout", "", "no response within 3 s"),
      "does not respond: no response within 3 s.",
      "--timeout 30s",
    ],
    [
      "a certificate of another host",
      noResponse("not.trusted", "ERR_TLS_CERT_ALTNAME_INVALID"),
      "does not trust the certificate",
      "Check the host: GENESYSCLOUD_REGION",
    ],
    [
      "an old certificate",
      noResponse("not.trusted", "CERT_HAS_EXPIRED"),
      "does not trust the certificate",
      "Check the date of this machine.",
    ],
    [
      "a large response",
      noResponse("answer.too.large", ""),
      "does not respond as Genesys Cloud does",
      "Check the host",
    ],
  ])("is explained: %s", (_case, error, text, help) => {
    const check = explainFailedRequest(error, place());
    expect(check).toMatchObject({ topic: "connection", status: "failure" });
    expect(check.text).toContain(text);
    expect("help" in check && check.help).toContain(help);
  });

  test("names the proxy where the proxy is the reason, and else what is behind it", () => {
    const broken = noResponse("connection.failed", "UND_ERR_ABORTED");
    const proxied = place("client", { url: "http://proxy:3128", authorization: "Basic x" });
    const text = (status: Parameters<typeof explainFailedRequest>[2]): string =>
      explainFailedRequest(broken, proxied, status).text;
    expect(text({ reason: "connect ECONNREFUSED" })).toBe(
      "The proxy http://proxy:3128 can't be reached: connect ECONNREFUSED.",
    );
    expect(text({ status: 407 })).toBe(
      "The proxy http://proxy:3128 refuses the user or the password: HTTP 407.",
    );
    expect(text({ status: 502 })).toBe(
      "The proxy http://proxy:3128 refuses a connection to api.mypurecloud.de: HTTP 502.",
    );
    expect(text({ status: 200 })).toContain("The connection to api.mypurecloud.de broke");
    expect(explainFailedRequest(apiError({ status: 407, code: "http.407" }), place()).text).toBe(
      "A proxy on the way asks for a user and a password: HTTP 407.",
    );
  });
});

describe("a refused request", () => {
  test.each<[Partial<ApiFailure>, string, string]>([
    [
      { status: 503, code: "service.unavailable", correlationId: "c1" },
      "connection",
      "api.mypurecloud.de responds with 503 service.unavailable (correlation id c1).",
    ],
    [{ status: 503, code: "http.503" }, "connection", "api.mypurecloud.de responds with 503."],
    [
      { status: 404, code: "http.404" },
      "connection",
      "api.mypurecloud.de does not respond as Genesys Cloud does: 404.",
    ],
    [
      { status: 429, code: "too.many.requests", reason: "Retry in 42." },
      "limits",
      "The rate limit is used up: Retry in 42.",
    ],
    [{ status: 401, code: "credentials.expired" }, "token", "The access token has expired."],
    [
      { status: 401, code: "authentication.required" },
      "token",
      "api.mypurecloud.de receives no token: 401 authentication.required.",
    ],
    [{ status: 401, code: "odd" }, "token", "api.mypurecloud.de does not accept the token: 401 odd."],
    [
      { operation: "oauth.token", status: 400, code: "invalid_client" },
      "token",
      "login.mypurecloud.de refuses the OAuth client: 400 invalid_client.",
    ],
    [
      { operation: "oauth.token", status: 400, code: "invalid_request", reason: "rate limit exceeded; wait" },
      "token",
      "login.mypurecloud.de throttles requests for tokens: rate limit exceeded; wait.",
    ],
    [
      { operation: "oauth.token", status: 500, code: "no.token" },
      "connection",
      "login.mypurecloud.de responds with 500 no.token.",
    ],
  ])("is explained: %j", (failure, topic, text) => {
    expect(explainFailedRequest(apiError(failure), place())).toMatchObject({
      topic,
      text,
      status: "failure",
    });
  });

  test("advises by the type of the credentials", () => {
    const error = apiError({ status: 401, code: "bad.credentials" });
    const help = (type: "client" | "token"): unknown => ({ ...explainFailedRequest(error, place(type)) });
    expect(help("token")).toMatchObject({
      help: expect.stringMatching(/^Check the token \(SETTINGS\), and the region/) as string,
    });
    expect(help("client")).toMatchObject({ help: expect.stringMatching(/^Check the region/) as string });
  });
});
