import { withMoves } from "../../engine/plan/moves.js";
import { plainNotification } from "../../views/notifications/notification.js";
import type { AuditRun } from "../commands/drift/run-audit.js";
import type { Notifier } from "./notifier.js";
import { UndeliveredError } from "./notifier.js";

/** Makes the notifier of a room of Genesys Cloud. @param target its address or jid */
export function room(target: string): Notifier {
  return {
    name: target,
    target: `room=${target}`,
    type: "message",
    async send({ run }, api, { secrets, stop }) {
      const params = { roomJid: findJid(target, run) };
      const body = { message: secrets.mask(plainNotification(run.audit, run.repaired)) };
      await api.call({ operation: "postChatsRoomMessages", params, body }, stop);
    },
  };
}

/** Returns the jid of the room with an address, or the jid itself. @throws UndeliveredError for an address without a known jid */
function findJid(target: string, { loaded, state: recorded }: AuditRun): string {
  if (target.includes("@")) return target;
  const { state, toAddress } = withMoves(recorded, loaded.moved);
  const address = toAddress(target);
  const declared = loaded.resources.find((one) => one.address === address)?.id;
  const jid = typeof declared === "string" ? declared : state?.resources[address]?.id;
  if (jid === undefined || !address.startsWith("rooms/"))
    throw new UndeliveredError("its jid is unknown: not a room that was applied or has a jid in the config");
  return jid;
}
