/* The observed behavior of the service, as text and as JSON. */
import type { Behavior, Observation, ProbeRoom } from "../../core/behavior/behavior.js";
import { isValid } from "../../core/behavior/behavior.js";
import type { BehaviorKey } from "../../core/behavior/unknowns.js";
import { behaviorKeys, unknowns } from "../../core/behavior/unknowns.js";
import type { Json, JsonObject } from "../../core/json/json.js";
import { asJson, isArray } from "../../core/json/json.js";
import { safeLine } from "../../core/safe-text.js";
import { durationOfMs } from "../../core/time/duration.js";
import type { Line } from "../text/line.js";
import { blank, joinSections, line, paragraph } from "../text/line.js";

/** The part of a state that holds the behavior of the service. */
export interface ShownBehavior {
  readonly behavior: Behavior;
  readonly probeRooms: readonly ProbeRoom[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Returns the observed behavior, the unknown keys and the rooms of probes. */
export function behaviorLines({ behavior, probeRooms, now }: ShownBehavior, width: number): readonly Line[] {
  const known = behaviorKeys.filter((key) => Object.hasOwn(behavior, key));
  if (known.length === 0 && probeRooms.length === 0)
    return paragraph("Nothing is known yet about the undocumented behavior of the service.", {
      width,
    }).concat(blank, paragraph("To find out: chatform doctor --probe", { width }));
  const observed = known.flatMap((key) => {
    const observation = behavior[key];
    return observation === undefined ? [] : observationLines(key, observation, { now, width });
  });
  const unknown = behaviorKeys.filter((key) => !known.includes(key));
  return joinSections([
    observed,
    unknown.length === 0 ? [] : paragraph(`Unknown: ${unknown.join(", ")}`, { width }),
    probeRooms.map(({ jid, at }) =>
      line(
        jid === undefined
          ? `The create of a probe's room was sent at ${at}, and its outcome is unknown.`
          : `Room of the probe: ${safeLine(jid)}`,
      ),
    ),
  ]);
}

/** Returns a key with its value, its meaning and its evidence. */
export function observationLines(
  key: BehaviorKey,
  observation: Observation,
  { now, width }: { readonly now: number; readonly width: number },
): readonly Line[] {
  const { value, date, evidence } = observation;
  const age = isValid(observation, now) ? "" : " Too old to rely on.";
  return [
    ...paragraph(safeLine(valueText(key, value)), { width, label: [["bold", `${key}:`]] }),
    ...paragraph(`${unknowns[key].meaning}.`, { width, indent: 2 }),
    ...paragraph(`${date.slice(0, 10)}: ${safeLine(evidence)}${age}`, { width, indent: 2 }),
  ];
}

/** Writes a value for people. */
function valueText(key: BehaviorKey, value: Json): string {
  if (unknowns[key].values === "milliseconds") return `within ${durationOfMs(Number(value))}`;
  if (isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns the observed behavior with the meaning of each key, the unknown keys, and the rooms of probes. */
export function behaviorJson({ behavior, probeRooms, now }: ShownBehavior): JsonObject {
  const known = Object.entries(behavior).map(([key, observation]): [string, JsonObject] => [
    key,
    {
      ...(Object.hasOwn(unknowns, key) ? { meaning: unknowns[key as BehaviorKey].meaning } : {}),
      ...observation,
      valid: isValid(observation, now),
    },
  ]);
  return {
    behavior: Object.fromEntries(known),
    unknown: behaviorKeys.filter((key) => !Object.hasOwn(behavior, key)),
    probeRooms: probeRooms.map((room) => asJson(room)),
  };
}
