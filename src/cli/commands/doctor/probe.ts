import { orgName } from "../../../core/org/org-identity.js";
import { safeLine } from "../../../core/safe-text.js";
import { systemClock } from "../../../core/time/clock.js";
import { writeOrgFirst } from "../../../engine/apply/org-writer.js";
import { probe } from "../../../engine/probe/probe.js";
import { probeSubject, shownWrites } from "../../../engine/probe/probe-writes.js";
import { probeIntroduction, probeJson, probeResult } from "../../../views/behavior/probe.js";
import { jsonText } from "../../../views/text/json-text.js";
import { paint } from "../../../views/text/line.js";
import type { Context, ExitCode } from "../../context.js";
import { ask } from "../../output/prompt.js";
import { styleFor, terminalWidth } from "../../output/style.js";
import { refuseUnverifiedOrg } from "../../parse/options.js";
import { UsageError } from "../../parse/usage-error.js";
import { readConfig } from "../../session/load-config.js";
import type { Session } from "../../session/session.js";
import { openSession, ownOrg } from "../../session/session.js";
import type { StopSignals } from "../../session/state-lock.js";
import { withSessionLock } from "../../session/state-lock.js";
import type { DoctorArgs } from "./doctor.js";
import { sessionDefaults } from "./session-defaults.js";

/** Shows the requests of a probe, asks, and probes under the state's lock. */
export async function runProbe(args: DoctorArgs, context: Context): Promise<ExitCode> {
  const loaded = await readConfig(args, context);
  // The time that a check may take is too short for a write.
  const { timeout } = sessionDefaults;
  const session = await openSession({ ...sessionDefaults, ...args, timeout }, loaded, context);
  return withSessionLock(session, "doctor --probe", context, (signals) =>
    probeOrg(session, args, context, signals),
  );
}

async function probeOrg(
  session: Session,
  args: DoctorArgs,
  context: Context,
  signals: StopSignals,
): Promise<ExitCode> {
  const { api, store, patienceMs } = session;
  const state = await session.readState();
  const { org } = await ownOrg(session, state, context);
  refuseUnverifiedOrg(state, org, { "allow-unverified-org": false });
  const width = terminalWidth(context);
  const style = styleFor(context, "stdout", args.color);
  // The token of an OAuth client has no user who could be in a room.
  const isSlow = args["probe-slow"];
  const writes = api.endpoint?.clientId === undefined ? shownWrites({ isSlow }) : [];
  if (!args.json)
    context.stdout.write(paint(probeIntroduction(writes, { subject: probeSubject, isSlow, width }), style));
  if (!(await approve(orgName(org), args, context))) {
    context.stdout.write("Nothing was changed.\n");
    return 1;
  }
  const writer = writeOrgFirst(await store.open(state), state, org);
  writer.noteCall();
  const onPart = (title: string): void => {
    if (!args.json) context.stdout.write(`${title} ...\n`);
  };
  try {
    const result = await probe({
      ...{ api, writer, clock: systemClock, patienceMs, ...signals, onPart },
      ...{ isSlow, allowsNewRoom: args["new-room"] },
    });
    const shown = { now: context.now().getTime(), width };
    context.stdout.write(
      args.json ? jsonText(probeJson(result)) : `\n${paint(probeResult(result, shown), style)}`,
    );
    if (result.failure !== undefined) throw result.failure;
    if (result.interrupted) return 130;
    return result.left.length === 0 && result.lostRoomAt === undefined ? 0 : 1;
  } finally {
    await writer.close();
  }
}

/** Asks for yes. @throws UsageError when nobody can be asked */
async function approve(org: string, args: DoctorArgs, context: Context): Promise<boolean> {
  if (args["auto-approve"]) return true;
  if (!args.input || args.json || context.stdin().isTTY !== true)
    throw new UsageError(
      "Approval needs a terminal. Nothing was changed. To probe without asking: --auto-approve.",
    );
  const typed = await ask(`Probe ${safeLine(org, 300)}? Type "yes" to confirm: `, context);
  return typed?.trim() === "yes";
}
