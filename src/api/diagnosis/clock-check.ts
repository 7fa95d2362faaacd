import type { ServiceTime } from "../api.js";
import type { Check } from "../../core/doctor/check.js";
import { failed, passed, warned } from "../../core/doctor/check.js";
import { durationOfMs } from "../../core/time/duration.js";

/** Differences below it do no harm, and a Date header may be that old behind a cache. */
const noticeableMs = 30_000;

/** The shortest life of a token: with a clock that is off by more, a new token looks expired, or an expired one new. */
const shortestTokenMs = 5 * 60_000;

/**
 * Compares this machine's clock with the service's.
 *
 * @param service the time by the Date headers of responses, with the uncertainty of the latency
 * @param now the local time, in milliseconds since 1970
 */
export function checkClock({ from, to }: ServiceTime, now: number): Check {
  const offMs = now < from ? from - now : now > to ? now - to : 0;
  const differs = `${durationOfMs(offMs)} ${now < from ? "behind" : "ahead of"} the clock of Genesys Cloud`;
  if (offMs < noticeableMs) return passed("clock", "The clock of this machine is right.");
  return (offMs < shortestTokenMs ? warned : failed)("clock", "clock-off", {
    text: `The clock of this machine is ${differs}.`,
    help: "Set the clock of this machine, for example on Linux: timedatectl set-ntp true",
  });
}
