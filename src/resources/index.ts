import type { Kind } from "../core/kind/kind.js";
import { meSettings } from "./settings/me-settings.js";
import { roomMessage, userMessage } from "./messages/message.js";
import { roomPins, userPins } from "./messages/pins.js";
import { room } from "./rooms/room.js";
import { settings } from "./settings/settings.js";
import { userSettings } from "./settings/user-settings.js";

/** Every kind of resource, in the order in which an export writes them. A new kind is a file here and a line below. */
export const kinds: readonly Kind[] = [
  settings,
  meSettings,
  userSettings,
  room,
  roomMessage,
  userMessage,
  roomPins,
  userPins,
];
