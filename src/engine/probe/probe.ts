/*
 * Observes the undocumented behavior of the service in the user's own org: in one room with nobody but the token's user in it. Each
 * observation is recorded at once, so that a probe that is interrupted loses none; the next one empties the room and observes again.
 */
import { readTokenUser } from "../../api/directory/directory.js";
import { unlessRefused } from "../../api/identity/unless-refused.js";
import { ApiError } from "../../api/errors.js";
import type { ProbeFindings } from "../../core/behavior/probe.js";
import type { BehaviorKey } from "../../core/behavior/unknowns.js";
import { behaviorKeys, keysThatNeed, unprobed } from "../../core/behavior/unknowns.js";
import { emptyRoom } from "./empty-room.js";
import type { Sent } from "./probe-messages.js";
import { editNewMessage, probeEditOld } from "./probe-edits.js";
import { probeHistory, probeHistoryLimits } from "./probe-history.js";
import {
  probeMissingInBatch,
  probeReactions,
  probeReply,
  probeTexts,
  sendMessages,
} from "./probe-messages.js";
import { probeAddPresent, probeJidCase, probeRemoveAbsent } from "./probe-participants.js";
import { probePins, probeTooManyPins } from "./probe-pins.js";
import {
  probeAbsentOneOnOne,
  probeEmptySearch,
  probeIdentity,
  probeOwnSettings,
  probeSearchCase,
  probeUnknownIds,
} from "./probe-reads.js";
import type { Room } from "./probe-room.js";
import { joinRoom, prepareRoom, recordedRoom } from "./probe-room.js";
import type { ProbeInput } from "./probe-run.js";
import { ProbeRun } from "./probe-run.js";

export interface ProbeResult extends ProbeFindings {
  /** The error that ended the probe early. */
  readonly failure?: ApiError;
}

/** Observes everything that the token allows, and empties the room. @throws the reason of `abort`; an error of writing the state */
export async function probe(input: ProbeInput): Promise<ProbeResult> {
  const run = new ProbeRun(input);
  const work: Work = {};
  let failure = await failureOf(input, () => observeAll(run, work));
  const { room, lostRoomAt } = work;
  let left: readonly string[] = [];
  if (room !== undefined) {
    input.onPart("Emptying the room");
    const unemptied = await failureOf(input, async () => {
      left = await emptyRoom(run, room);
    });
    if (unemptied !== undefined) left = [`perhaps messages in the room ${room.jid}`];
    failure ??= unemptied;
  }
  run.skip(behaviorKeys, failure === undefined ? "the probe was interrupted" : "the probe ended early");
  return {
    outcomes: new Map(behaviorKeys.flatMap((key) => toEntry(key, run.outcomes.get(key)))),
    ...(room === undefined ? {} : { room: room.jid }),
    ...(lostRoomAt === undefined ? {} : { lostRoomAt }),
    left,
    ...(failure === undefined ? {} : { failure }),
    interrupted: input.stop.aborted,
  };
}

function toEntry<K, V>(key: K, value: V | undefined): readonly (readonly [K, V])[] {
  return value === undefined ? [] : [[key, value]];
}

/** Returns the error of a request that ended some work; undefined if the work was done or stopped. */
async function failureOf(
  { stop, abort }: ProbeInput,
  work: () => Promise<void>,
): Promise<ApiError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error;
    if (stop.aborted && !abort.aborted && error === stop.reason) return undefined;
    throw error;
  }
}

/** The room to empty at the end, once it is known. */
interface Work {
  room?: Room;
  /** See `ProbeFindings`. */
  lostRoomAt?: string | undefined;
}

async function observeAll(run: ProbeRun, work: Work): Promise<void> {
  const user = await readTokenUser(run.input.api, run.input.abort);
  const isUser = user !== null;
  run.input.onPart("Reads");
  for (const [key, recorded] of unprobed) run.skip([key], recorded);
  run.skip(isUser ? ["clientTokenReads", "needsUserError"] : ["userTokenReads"], otherToken(isUser));
  await run.attempt([isUser ? "userTokenReads" : "clientTokenReads"], () => probeIdentity(run, isUser));
  if (!isUser) run.skip(["needsUserError"], "no operation refused the token for having no user");
  await run.attempt(["emptyResults"], () => probeEmptySearch(run));
  await run.attempt(["unknownIds"], () => probeUnknownIds(run));
  if (user === null) {
    run.skip(keysThatNeed("user"), otherToken(false));
    return;
  }
  await run.attempt(["searchCase"], async () => {
    const { body } = await unlessRefused(run.input.api, { operation: "getUsersMe" }, run.input.abort);
    if (typeof body["email"] === "string") await probeSearchCase(run, user, body["email"]);
  });
  await run.attempt(["absentOneOnOne"], () => probeAbsentOneOnOne(run, user));
  await run.attempt(["ownSettingsResponse"], () => probeOwnSettings(run));
  await observeInRoom(run, work, user);
}

function otherToken(isUser: boolean): string {
  return isUser ? "it needs the token of an OAuth client" : "it needs the token of a user";
}

async function observeInRoom(run: ProbeRun, work: Work, user: string): Promise<void> {
  run.input.onPart("Room");
  await run.attempt(
    keysThatNeed("room").filter((key) => !ofCreation.includes(key)),
    async () => {
      const room = await prepareRoom(run, user);
      if (room === undefined) {
        work.lostRoomAt = recordedRoom(run, user)?.at;
        run.skip(keysThatNeed("room"), "the room of an earlier probe may exist, and does not show");
        return;
      }
      work.room = room;
      await run.attempt([], () => joinRoom(run, room));
      run.skip(ofCreation, "it shows only when a room is created, and the room exists already");
      await emptyRoom(run, room);
      await run.attempt(["jidCase"], () => probeJidCase(run, room));
      run.input.onPart("Participants");
      await run.attempt(["addPresentParticipant"], () => probeAddPresent(run, room));
      await run.attempt(["removeAbsentParticipant"], () => probeRemoveAbsent(run, room));
      run.input.onPart("Messages");
      const sent = await sendMessages(run, room);
      await observeMessages(run, room, sent);
      await run.observeLag();
      if (run.input.isSlow) await observeSlowly(run, room, sent);
      else run.skip(keysThatNeed("slow"), "it needs over a minute, and over a hundred messages");
    },
  );
  run.skip(ofCreation, "no room could be created");
}

/** Behaviors that only the create of a room shows. */
const ofCreation: readonly BehaviorKey[] = [
  "creatorOwns",
  "creatorJoins",
  "creatorFindsRoom",
  "participantFindsRoom",
  "listLagMs",
];

async function observeMessages(run: ProbeRun, room: Room, sent: Sent): Promise<void> {
  await run.attempt(["texts"], () => probeTexts(run, room, sent));
  await run.attempt(["historyOrder", "historyWindow", "historyCursor", "historyOverMax"], () =>
    probeHistory(run, room, sent),
  );
  await run.attempt(["reactionsRead", "reactionsPut"], () => probeReactions(run, room, sent));
  run.input.onPart("Pins");
  await run.attempt(["addPresentPin", "removeAbsentPin", "pinsInPatch", "emptyPinsInPatch"], () =>
    probePins(run, room, sent),
  );
  await run.attempt(["tooManyPins"], () => probeTooManyPins(run, room, sent));
  run.input.onPart("Replies");
  await run.attempt(["replies", "missingInBatch"], async () => {
    const replyId = await probeReply(run, room, sent);
    await probeMissingInBatch(run, room, { ...sent, ...(replyId === undefined ? {} : { replyId }) });
  });
}

/** Observes the rest, which needs over a hundred messages and over a minute, at the same time. */
async function observeSlowly(run: ProbeRun, room: Room, sent: Sent): Promise<void> {
  run.input.onPart("Edits and long histories");
  const isEditable = await run.attempt([], () => editNewMessage(run, room));
  await run.attempt(["historyDefault", "historyMax"], () => probeHistoryLimits(run, room));
  if (isEditable) await run.attempt(["editOldMessage"], () => probeEditOld(run, room, sent));
  run.skip(["editOldMessage"], "the service refuses to edit new messages too");
}
