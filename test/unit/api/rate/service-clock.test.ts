import { expect, it } from "vitest";
import { ServiceClock } from "../../../../src/api/rate/service-clock.js";
import { JumpingClock } from "../../../helpers/world.js";

const date = "Wed, 01 Jul 2026 09:30:00 GMT";
const dateMs = Date.parse(date);

it("knows no time before a response with a valid Date", () => {
  const service = new ServiceClock(new JumpingClock());
  service.heard(undefined, 0);
  service.heard("yesterday", 0);
  expect(service.now()).toBeUndefined();
});

it("bounds the service's time by the second of its Date and the time that the response took", async () => {
  const clock = new JumpingClock();
  const service = new ServiceClock(clock);
  const sentAt = clock.monotonic();
  await clock.sleep(300);
  service.heard(date, sentAt);
  await clock.sleep(5_000);
  expect(service.now()).toEqual({ from: dateMs + 5_000, to: dateMs + 1_000 + 5_300 });
});

it("uses the latest response", async () => {
  const clock = new JumpingClock();
  const service = new ServiceClock(clock);
  service.heard("Wed, 01 Jul 2026 08:00:00 GMT", clock.monotonic());
  await clock.sleep(60_000);
  service.heard(date, clock.monotonic());
  service.heard(undefined, clock.monotonic());
  expect(service.now()).toEqual({ from: dateMs, to: dateMs + 1_000 });
});
