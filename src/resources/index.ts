import type { Kind } from "../core/kind.js";
import { meSettings } from "./me-settings.js";
import { roomMessage, userMessage } from "./message.js";
import { roomPins, userPins } from "./pins.js";
import { room } from "./room.js";
import { settings } from "./settings.js";
import { userSettings } from "./user-settings.js";

/** Every kind of resource. A new kind is a file here and a line below. */
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
