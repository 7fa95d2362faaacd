import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { once } from "node:events";

/** Keeps one address for servers that come and go behind it: a port that is given back may be taken by anybody. */
export class Relay {
  /** The port of the server that connections go to. */
  target = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((client) => {
      const server = connect(this.target, "127.0.0.1");
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => this.#sockets.delete(one));
        one.pipe(other);
      }
    });
  }

  static async start(): Promise<Relay> {
    const relay = new Relay();
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Returns these variables with the relay's port in place of the target's. */
  through(env: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(env);
    return Object.fromEntries(
      entries.map(([name, value]) => [name, value.replace(`:${this.target}`, `:${this.port}`)]),
    );
  }

  async close(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
