/* A probe: its requests before, and its results afterwards. */
import type { ProbeFindings, ProbeOutcome, ShownWrite } from "../../core/behavior/probe.js";
import { behaviorKeys, keysThatNeed, unasked, unprobed } from "../../core/behavior/unknowns.js";
import type { JsonObject } from "../../core/json/json.js";
import { asJson } from "../../core/json/json.js";
import { safeLine } from "../../core/safe-text.js";
import { count } from "../text/terminal.js";
import type { Line } from "../text/line.js";
import { blank, indented, joinSections, line, paragraph } from "../text/line.js";
import { observationLines } from "./behavior.js";

/** Returns the requests of a probe that change something, and what stays afterwards. @param writes none: the probe only reads */
export function probeIntroduction(
  writes: readonly ShownWrite[],
  { subject, isSlow, width }: { readonly subject: string; readonly isSlow: boolean; readonly width: number },
): readonly Line[] {
  if (writes.length === 0)
    return paragraph(
      "With the token of an OAuth client, a probe only reads: it observes what such a token may read. Everything else needs the token of a user.",
      { width },
    );
  const tooSlow = isSlow ? 0 : keysThatNeed("slow").length;
  const number = behaviorKeys.length - unprobed.length - tooSlow;
  return joinSections([
    paragraph(
      `A probe observes ${number} undocumented behaviors of the service in your org, with about ${isSlow ? "350 requests, in about two minutes" : "100 requests"}. It works in one room, ${JSON.stringify(subject)}, with nobody in it but you. These are the requests that change something:`,
      { width },
    ),
    groups(writes).flatMap((group) => writeLines(group, width)),
    paragraph(
      "Afterwards, the room is empty. The room itself stays, and later probes use it again: the API cannot delete rooms.",
      { width },
    ),
    [
      line("Not asked:"),
      ...(isSlow
        ? []
        : paragraph(
            `- ${keysThatNeed("slow").join(", ")}: they need over a hundred messages and a minute. To observe them too: chatform doctor --probe-slow`,
            { width, indent: 2 },
          )),
      ...unasked.flatMap(([question, because]) =>
        paragraph(`- ${question}: ${because}.`, { width, indent: 2 }),
      ),
    ],
  ]);
}

/** Joins writes with the same purpose that follow each other. */
function groups(writes: readonly ShownWrite[]): readonly (readonly ShownWrite[])[] {
  return writes.reduce<readonly (readonly ShownWrite[])[]>((joined, write) => {
    const last = joined.at(-1);
    const isLike = last?.[0]?.purpose === write.purpose;
    return isLike ? [...joined.slice(0, -1), [...last, write]] : [...joined, [write]];
  }, []);
}

function writeLines(group: readonly ShownWrite[], width: number): readonly Line[] {
  const [first] = group;
  if (first === undefined) return [];
  const { method, path, body, purpose } = first;
  const times = group.length === 1 ? "" : ` (${group.length} times)`;
  return [
    ...paragraph(`${purpose}${times}:`, { width, indent: 2 }),
    ...paragraph(`${method} ${path}`, { width, indent: 4 }),
    ...(body === undefined ? [] : paragraph(JSON.stringify(body), { width, indent: 4 })),
  ];
}

const titles = {
  new: "New",
  changed: "Changed since the last observation",
  same: "As before",
  "not-asked": "Not observed",
} as const satisfies Record<ProbeOutcome["type"], string>;

/** Returns the observations of a probe, and a summary. */
export function probeResult(
  { outcomes, room, lostRoomAt, left }: ProbeFindings,
  { now, width }: { readonly now: number; readonly width: number },
): readonly Line[] {
  const sections = (["same", "new", "changed", "not-asked"] as const).map((type) => {
    const found = [...outcomes].filter(([, outcome]) => outcome.type === type);
    const lines = found.flatMap(([key, outcome]) =>
      outcome.type === "not-asked"
        ? paragraph(`${key}: ${safeLine(outcome.reason)}${sinceText(outcome)}`, { width: width - 2 })
        : observationLines(key, outcome.observation, { now, width: width - 2 }),
    );
    return lines.length === 0 ? [] : [line(["bold", `${titles[type]}:`]), ...indented(lines, 2)];
  });
  const number = (type: ProbeOutcome["type"]): number =>
    [...outcomes.values()].filter((outcome) => outcome.type === type).length;
  const isSame = number("new") + number("changed") === 0 && number("same") > 0;
  return joinSections([
    ...sections,
    lostRoomAt === undefined
      ? []
      : paragraph(
          `The room of the probe was requested at ${lostRoomAt}, and may exist although it does not show. So no other room was created. To create one all the same: chatform doctor --probe --new-room`,
          { width },
        ),
    left.flatMap((one) => paragraph(`Left: ${safeLine(one)}. The next probe removes them.`, { width })),
    [
      ...paragraph(
        `${count(number("new") + number("changed") + number("same"), "behavior")} observed: ${number("new")} new, ${number("changed")} changed, ${number("same")} as before. ${number("not-asked")} not observed.`,
        { width },
      ),
      ...(isSame ? [line("Nothing has changed since the last probe.")] : []),
      ...(room === undefined ? [] : paragraph(`Room of the probe: ${safeLine(room)}`, { width })),
      blank,
      line("To show all of it later: chatform state show --behavior"),
    ],
  ]);
}

function sinceText({ observation }: Extract<ProbeOutcome, { type: "not-asked" }>): string {
  return observation === undefined ? "." : `. Known since ${observation.date.slice(0, 10)}.`;
}

/** Returns the results of a probe as JSON. */
export function probeJson({ outcomes, room, lostRoomAt, left, interrupted }: ProbeFindings): JsonObject {
  return {
    outcomes: Object.fromEntries([...outcomes].map(([key, outcome]) => [key, asJson(outcome)])),
    ...(room === undefined ? {} : { room }),
    ...(lostRoomAt === undefined ? {} : { lostRoomAt }),
    left,
    interrupted,
  };
}
