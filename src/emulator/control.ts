import type { Json, JsonObject } from "../core/json/json.js";
import { asJson, isArray, isObject } from "../core/json/json.js";
import { parseFaults } from "./input/input-files.js";
import type { OrgChange } from "./org/changes.js";
import type { OrgSeed } from "./org/seed.js";
import type { FaultRule } from "./server/faults.js";
import type { LoggedRequest } from "./server/request-log.js";

/** The options of a token that the emulator issues. */
export interface TokenOptions {
  /** Id or e-mail; default: no user, as with client credentials. */
  readonly user?: string;
  /** Default: all. */
  readonly permissions?: readonly string[];
  /** Default 86,400. */
  readonly expiresInSeconds?: number;
}

/** The parts of an emulator that the control API reads and changes. */
interface Controlled {
  readonly requests: readonly LoggedRequest[];
  readonly requestCount: number;
  clearRequests(): void;
  addFaults(...rules: readonly FaultRule[]): void;
  clearFaults(): void;
  dump(): Required<OrgSeed>;
  change(change: OrgChange): Json;
  token(options: TokenOptions): string;
  expireTokens(): void;
}

interface ControlResponse {
  readonly status: number;
  readonly body: Json;
}

type Control = (emulator: Controlled, body: Json | undefined) => Json;

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
    // A change of another form is refused where it is made.
    ids: (toObjects(body) as unknown as OrgChange[]).map((change) => emulator.change(change)),
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
 * Responds to a request of the emulator's own API under /_emulator, for tests that run chatform as a process: it reads the
 * requests so far, adds faults, and reads and changes the org behind chatform's back. It needs no token: the emulator
 * listens on loopback only.
 */
export function control(emulator: Controlled, method: string, path: string, text: string): ControlResponse {
  const handle = controls[`${method} ${path}`];
  if (handle === undefined) {
    return {
      status: 404,
      body: { message: `Unknown request. Known requests: ${Object.keys(controls).join(", ")}` },
    };
  }
  try {
    return { status: 200, body: handle(emulator, text === "" ? undefined : (JSON.parse(text) as Json)) };
  } catch (error) {
    return { status: 400, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function toObjects(body: Json | undefined): readonly JsonObject[] {
  const list = isArray(body) ? body : [body ?? null];
  const wrong = list.find((item) => !isObject(item));
  if (wrong !== undefined) throw new TypeError("Expected an object or a list of objects.");
  return list.filter(isObject);
}
