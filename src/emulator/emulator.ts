import type { Server } from "node:http";
import type { Json } from "../core/json/json.js";
import { byCodeUnit } from "../core/json/json.js";
import { applyChange } from "./org/changes.js";
import type { OrgChange } from "./org/changes.js";
import type { TokenOptions } from "./control.js";
import { control } from "./control.js";
import { dump, dumpRoom } from "./org/dump.js";
import type { FaultRule } from "./server/faults.js";
import { Faults } from "./server/faults.js";
import { RequestPipeline } from "./server/request-pipeline.js";
import { uuidFromName } from "./org/ids.js";
import { load, SeedError, userId } from "./org/load.js";
import type { LoggedRequest } from "./server/request-log.js";
import { RequestLog } from "./server/request-log.js";
import { OAuth } from "./server/oauth.js";
import type { EmulatorOptions } from "./options.js";
import { defaultClient } from "./options.js";
import { Org } from "./org/org.js";
import type { OrgSeed, RoomSeed } from "./org/seed.js";
import { defaultSeed } from "./org/seed.js";
import { listen } from "./server/http-server.js";
import { Service } from "./service.js";
import { Tokens } from "./server/tokens.js";
import { defaultVariants } from "./variants.js";

/** A running emulator: a chat API on a loopback port. */
export class Emulator {
  /** Base of the API and of the login service: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The environment variables that make chatform use the emulator, with a user's token or a client's credentials. */
  readonly env: Readonly<Record<string, string>>;
  readonly #parts: Parts;
  readonly #server: Server;

  /** Use startEmulator. */
  constructor(parts: Parts, server: Server, port: number, options: EmulatorOptions) {
    this.#parts = parts;
    this.#server = server;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.env = { CHATFORM_API_URL: this.url, CHATFORM_LOGIN_URL: this.url, ...this.#credentials(options) };
  }

  /** The requests (except those to /_emulator), oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#parts.log.entries;
  }

  /** The number of requests since the start, or since the log was cleared. */
  get requestCount(): number {
    return this.#parts.log.count;
  }

  clearRequests(): void {
    this.#parts.log.clear();
  }

  /** Issues an access token. @throws SeedError for an unknown user */
  token(options: TokenOptions = {}): string {
    const { org, tokens } = this.#parts;
    const { user: named, permissions, expiresInSeconds = 86_400 } = options;
    const user = named === undefined ? undefined : org.users.get(userId(org, named));
    const client = { id: defaultClient.id, jid: defaultClient.id, isUser: false };
    const caller = user === undefined ? client : { id: user.id, jid: user.jabberId, isUser: true };
    return tokens.issue(caller, permissions, expiresInSeconds).value;
  }

  /** Expires all tokens. */
  expireTokens(): void {
    this.#parts.tokens.expireAll();
  }

  /** Adds faults for coming requests. */
  addFaults(...rules: readonly FaultRule[]): void {
    this.#parts.faults.add(...rules);
  }

  clearFaults(): void {
    this.#parts.faults.clear();
  }

  /** Changes the org behind the client's back. @returns the id of the added object @throws SeedError */
  change(change: OrgChange): Json {
    return applyChange(this.#parts.org, change);
  }

  /** Returns the whole org as a seed. */
  dump(): Required<OrgSeed> {
    return dump(this.#parts.org);
  }

  /** Returns a room by its jid; undefined where it does not exist. */
  room(jid: string): (RoomSeed & { readonly jid: string }) | undefined {
    const { org } = this.#parts;
    const room = org.rooms.get(jid);
    return room && dumpRoom(org, room);
  }

  /** Returns the id of a user by e-mail or id. @throws SeedError for an unknown user */
  userId(idOrEmail: string): string {
    return userId(this.#parts.org, idOrEmail);
  }

  /** Stops the emulator and breaks all connections. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
    this.#server.closeAllConnections();
    await closed;
  }

  #credentials(options: EmulatorOptions): Record<string, string> {
    const { actingUser, permissions } = options;
    if (actingUser !== undefined) {
      const token = this.token({ user: actingUser, ...(permissions && { permissions }) });
      return { GENESYSCLOUD_ACCESS_TOKEN: token };
    }
    const client = options.clients?.[0] ?? defaultClient;
    return { GENESYSCLOUD_OAUTHCLIENT_ID: client.id, GENESYSCLOUD_OAUTHCLIENT_SECRET: client.secret };
  }
}

interface Parts {
  readonly org: Org;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly log: RequestLog;
}

/**
 * Starts an emulator on a loopback port.
 *
 * @throws SeedError when the seed or `actingUser` names a user or group that does not exist
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { now = Date.now, randomSeed = 1, seed = defaultSeed } = options;
  const variants = { ...defaultVariants, ...options.variants };
  const name = seed.name ?? "Example-Org";
  const org = new Org({
    id: seed.id ?? uuidFromName("organization", name),
    name,
    lag: { now, ms: variants.lagMs, reads: variants.lagReads },
    randomSeed,
  });
  load(org, seed);
  if (options.actingUser !== undefined && org.findUser(options.actingUser) === undefined) {
    throw unknownUser(options.actingUser, org);
  }
  const tokens = new Tokens(now, randomSeed);
  const { clients = [defaultClient], tokenSeconds = 86_400, tokenThrottle: throttle, rateLimit } = options;
  const oauth = new OAuth({ clients, tokenSeconds, throttle, now }, tokens);
  const service = new Service({ org, tokens, oauth, variants, rateLimit });
  const faults = new Faults(options.faults ?? []);
  const log = new RequestLog(options.logLimit ?? 100_000);
  const latencyMs = options.latencyMs ?? 0;
  // The control API needs the emulator, which is created once the port is known.
  const made: { emulator?: Emulator } = {};
  const front = new RequestPipeline({
    ...{ service, tokens, faults, log, latencyMs, now },
    control: ({ method, path, body }) =>
      made.emulator === undefined
        ? { status: 503, body: { message: "The emulator is starting." } }
        : control(made.emulator, method, path, body),
  });
  const { server, port } = await listen(options.port ?? 0, (request) => front.respond(request), {
    now,
    allowedHosts: options.allowedHosts ?? [],
  });
  made.emulator = new Emulator({ org, tokens, faults, log }, server, port, options);
  return made.emulator;
}

/** Returns the error for an unknown user, with the first users of the org. */
function unknownUser(user: string, org: Org): SeedError {
  const emails = [...org.users.values()].map(({ email }) => email).sort(byCodeUnit);
  const others = emails.length > 10 ? ", and others" : "";
  const known = emails.length === 0 ? "nobody" : emails.slice(0, 10).join(", ");
  return new SeedError(`Unknown user: ${user}. The org has: ${known}${others}.`);
}
