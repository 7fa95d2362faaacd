import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/time/clock.js";
import { httpOptions } from "../../src/state/remote/http-options.js";
import { httpStore } from "../../src/state/remote/http-store.js";
import { localStore } from "../../src/state/local/local-store.js";
import type { Rescue } from "../../src/state/rescue.js";
import { startStateServer } from "./state-server.js";
import type { StoreBench } from "./store.js";
import { storeConformance } from "./store.js";

storeConformance("local", async (): Promise<StoreBench> => {
  const folder = await mkdtemp(join(tmpdir(), "chatform-store-"));
  const path = join(folder, "chatform.state.json");
  return {
    store: () => localStore({ path }),
    damage: async (content) => writeFile(path, content),
    close: async () => rm(folder, { recursive: true, force: true }),
  };
});

for (const manner of ["terraform", "gitlab", "gitea"] as const) {
  storeConformance(`http, as ${manner} does it`, async (): Promise<StoreBench> => {
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
      store: () => httpStore({ server: httpOptions({}, env), clock: systemClock, gatherMs: 5, rescue, time }),
      damage: async (content) => {
        server.content = content;
        return Promise.resolve();
      },
      close: async () => server.close(),
    };
  });
}
