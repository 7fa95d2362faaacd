import { describe, expect, it } from "vitest";
import { httpOptions, withoutSecrets } from "../../../../src/state/remote/http-options.js";

describe("httpOptions", () => {
  const address = "https://gitlab.example.com/state";

  it("returns Terraform's defaults", () => {
    const options = httpOptions({ address, lockAddress: `${address}/lock` }, {});
    expect(options).toMatchObject({
      updateMethod: "POST",
      lock: { method: "LOCK" },
      unlock: { method: "UNLOCK", address: new URL(`${address}/lock`) },
      retries: { max: 2, minWaitMs: 1_000, maxWaitMs: 30_000 },
      tls: { rejectUnauthorized: true },
    });
    expect(options.credentials).toBeUndefined();
  });

  it("prefers the config, and uses the environment for the rest", () => {
    const env = {
      TF_HTTP_ADDRESS: "https://other.example.com",
      TF_HTTP_UPDATE_METHOD: "put",
      TF_HTTP_USERNAME: "bot",
      TF_HTTP_PASSWORD: "secret",
      TF_HTTP_SKIP_CERT_VERIFICATION: "true",
      TF_HTTP_RETRY_WAIT_MAX: "7",
      HTTPS_PROXY: "http://proxy:8080",
    };
    expect(httpOptions({ address, retryMax: 9 }, env)).toMatchObject({
      address: new URL(address),
      updateMethod: "PUT",
      credentials: { username: "bot", password: "secret" },
      retries: { max: 9, maxWaitMs: 7_000 },
      tls: { rejectUnauthorized: false },
      proxies: { "https://gitlab.example.com": { url: "http://proxy:8080" } },
    });
  });

  it("allows plain http on this machine, and elsewhere only when explicitly trusted", () => {
    expect(httpOptions({ address: "http://127.0.0.1:8080/x" }, {}).address.port).toBe("8080");
    expect(httpOptions({ address: "http://h/x", skipCertVerification: true }, {}).address.host).toBe("h");
  });

  it("moves credentials out of the address", () => {
    const options = httpOptions({ address: "https://jane:p%40ss@h/x?token=t" }, {});
    expect(options.credentials).toEqual({ username: "jane", password: "p@ss" });
    expect([options.address.href, withoutSecrets(options.address)]).toEqual([
      "https://h/x?token=t",
      "https://h/x",
    ]);
  });

  it.each([
    ["no address", {}, {}],
    ["a path", { address: "state.json" }, {}],
    ["another protocol", { address: "ftp://h/x" }, {}],
    ["plain http to another machine", { address: "http://h/x" }, {}],
    ["a lock in the clear", { address, lockAddress: "http://h/x" }, {}],
    ["a method that is none", { address, updateMethod: "LO CK" }, {}],
    ["a number that is none", { address }, { TF_HTTP_RETRY_MAX: "many" }],
    ["a flag that is none", { address }, { TF_HTTP_SKIP_CERT_VERIFICATION: "perhaps" }],
    ["half a client certificate", { address }, { TF_HTTP_CLIENT_CERTIFICATE_PEM: "x" }],
  ])("refuses %s", (_name, config, env) => {
    expect(() => httpOptions(config, env)).toThrow(
      expect.objectContaining({ code: "backend-config" }) as Error,
    );
  });
});
