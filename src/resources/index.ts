import type { Kind } from "../core/kind.js";
import { room } from "./room.js";
import { settings } from "./settings.js";
import { userSettings } from "./user-settings.js";

/** Every kind of resource, in the order in which their things are created. A new kind is a file here and a line below. */
export const kinds: readonly Kind[] = [settings, userSettings, room];
