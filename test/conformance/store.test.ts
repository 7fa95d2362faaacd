import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { systemClock } from "../../src/core/time/clock.js";
import { httpOptions } from "../../src/state/remote/http-options.js";
import { httpStore } from "../../src/state/remote/http-store.js";
import { localStore } from "../../src/state/local/local-store.js";
import { StateCodec } from "../../src/state/state-codec.js";
import type { Rescue } from "../../src/state/rescue.js";
import { startStateServer } from "./state-server.js";
import type { StoreBench } from "./store.js";
import { encrypting, storeConformance } from "./store.js";

for (const [name, codec] of [
  ["local", () => new StateCodec()],
  ["local, encrypted", encrypting],
] as const) {
  storeConformance(name, async (): Promise<StoreBench> => {
    const folder = await mkdtemp(join(tmpdir(), "chatform-store-"));
    const path = join(folder, "chatform.state.json");
    return {
      store: () => localStore({ path, codec: codec() }),
      damage: async (content) => writeFile(path, content),
      async close() {
        const files = (await readdir(folder)).map((file) => join(folder, file));
        const contents = await Promise.all(files.map((file) => readFile(file, "utf8")));
        if (name !== "local") expect(contents.join("")).not.toMatch(/rooms\/|jane/);
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
}

for (const [manner, codec] of [
  ["terraform", () => new StateCodec()],
  ["gitlab", () => new StateCodec()],
  ["gitea", () => new StateCodec()],
  ["gitlab", encrypting],
  ["gitea", encrypting],
] as const) {
  const name = `http, as ${manner} does it${codec === encrypting ? ", encrypted" : ""}`;
  storeConformance(name, async (): Promise<StoreBench> => {
    const server = await startStateServer({ manner, credentials: "bot:secret" });
    const lock = manner === "terraform" ? server.url : `${server.url}/lock`;
    const env = {
      TF_HTTP_ADDRESS: server.url,
      TF_HTTP_LOCK_ADDRESS: lock,
      TF_HTTP_UNLOCK_ADDRESS: lock,
      TF_HTTP_USERNAME: "bot",
      TF_HTTP_PASSWORD: "secret",
      ...(manner !== "terraform" && { TF_HTTP_LOCK_METHOD: "POST", TF_HTTP_UNLOCK_METHOD: "DELETE" }),
    };
    const rescue: Rescue = async () => Promise.reject(new Error("not in this test"));
    const time = { timeoutMs: 30_000 };
    return {
      store: () =>
        httpStore({
          ...{ server: httpOptions({}, env), clock: systemClock, gatherMs: 5, rescue, time },
          codec: codec(),
        }),
      damage: async (content) => {
        server.content = content;
        return Promise.resolve();
      },
      close: async () => server.close(),
    };
  });
}
