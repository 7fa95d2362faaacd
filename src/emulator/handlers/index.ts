import type { OperationName } from "../../api/operations/operations.js";
import type { Handlers } from "../handler.js";
import { chatHandlers } from "./chats.js";
import { messageHandlers } from "./messages.js";
import { participantHandlers } from "./participants.js";
import { pinHandlers } from "./pins.js";
import { reactionHandlers } from "./reactions.js";
import { roomHandlers } from "./rooms.js";
import { sourceHandlers } from "./sources.js";
import { tokenHandlers } from "./token.js";
import { settingsHandlers } from "./settings.js";
import { userHandlers } from "./users.js";

/** The handlers of all operations. */
export const handlers: Handlers<OperationName> = {
  ...settingsHandlers,
  ...roomHandlers,
  ...participantHandlers,
  ...messageHandlers,
  ...reactionHandlers,
  ...pinHandlers,
  ...userHandlers,
  ...chatHandlers,
  ...tokenHandlers,
  ...sourceHandlers,
};
