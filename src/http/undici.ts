/**
 * The parts of undici that connections need. Its index also loads fetch, WebSocket, caches and mocks, half of its code: they would only
 * lengthen the start of a command.
 */
import connect from "undici/lib/api/api-connect.js";
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";

export { default as Pool } from "undici/lib/dispatcher/pool.js";
export { default as ProxyAgent } from "undici/lib/dispatcher/proxy-agent.js";

// As the index does, with this and other methods: ProxyAgent calls it.
Dispatcher.prototype.connect = connect;
