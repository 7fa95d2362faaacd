import { expect, test } from "vitest";
import { isAllowedHost } from "../../../src/http/allowed-host.js";

test.each([
  ["localhost", true],
  ["LOCALHOST:9464", true],
  ["127.0.0.1", true],
  ["127.0.0.1:80", true],
  ["[::1]:9464", true],
  ["metrics.internal:9464", true],
  ["Metrics.Internal", true],
  ["10.1.2.3:9464", true],
  ["10.1.2.4:9464", false],
  ["evil.example:9464", false],
  ["localhost.evil.example", false],
  ["127.0.0.1.evil.example", false],
  ["evil.example:9464#localhost", false],
  ["user@localhost", false],
  ["", false],
  [undefined, false],
])("a request to %s is accepted: %s", (host, expected) => {
  expect(isAllowedHost(host, "::ffff:10.1.2.3", ["metrics.internal"])).toBe(expected);
});
