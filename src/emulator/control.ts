import type { Json, JsonObject } from "../core/json/json.js";
import { isArray, isObject } from "../core/json/json.js";
import type { OrgChange } from "./org/changes.js";
import type { Emulator } from "./emulator.js";
import { parseFaults } from "./input/input-files.js";

interface ControlResponse {
  readonly status: number;
  readonly body: Json;
}

type Control = (emulator: Emulator, body: Json | undefined) => Json;

const controls: Readonly<Record<string, Control>> = {
  "GET /_emulator/requests": (emulator) => ({
    count: emulator.requestCount,
    requests: asJson(emulator.requests),
  }),
  "DELETE /_emulator/requests": (emulator) => {
    emulator.clearRequests();
    return {};
  },
  "POST /_emulator/faults": (emulator, body) => {
    emulator.addFaults(...parseFaults(body));
    return {};
  },
  "DELETE /_emulator/faults": (emulator) => {
    emulator.clearFaults();
    return {};
  },
  "GET /_emulator/org": (emulator) => asJson(emulator.dump()),
  "POST /_emulator/org": (emulator, body) => ({
    ids: (listOf(body) as unknown as OrgChange[]).map((change) => emulator.change(change)),
  }),
  "POST /_emulator/tokens": (emulator, body) => {
    const { user, permissions, expiresInSeconds } = isObject(body) ? body : {};
    return {
      access_token: emulator.token({
        ...(typeof user === "string" && { user }),
        ...(isArray(permissions) && { permissions: permissions.map(String) }),
        ...(typeof expiresInSeconds === "number" && { expiresInSeconds }),
      }),
    };
  },
  "DELETE /_emulator/tokens": (emulator) => {
    emulator.expireTokens();
    return {};
  },
};

/**
 * The emulator's own endpoint under /_emulator, for tests that run chatform as a process: what was requested, faults
 * to come, the org to look at and to change behind chatform's back. It needs no token: the emulator listens on
 * loopback only.
 */
export function control(emulator: Emulator, method: string, path: string, text: string): ControlResponse {
  const handle = controls[`${method} ${path}`];
  if (handle === undefined) {
    return { status: 404, body: { message: `Unknown. Known: ${Object.keys(controls).join(", ")}` } };
  }
  try {
    return { status: 200, body: handle(emulator, text === "" ? undefined : (JSON.parse(text) as Json)) };
  } catch (error) {
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function listOf(body: Json | undefined): readonly JsonObject[] {
  const list = isArray(body) ? body : [body ?? null];
  const wrong = list.find((item) => !isObject(item));
  if (wrong !== undefined) throw new TypeError("Expected an object, or a list of them.");
  return list.filter(isObject);
}

/** Plain data that is read-only by type. */
function asJson(value: unknown): Json {
  return value as Json;
}
