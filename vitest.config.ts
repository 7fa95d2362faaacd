import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import { slowTests } from "./test/slow-tests.js";

/** `--mode all`: all tests; otherwise the slow ones are left out. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(mode === "all" ? [] : Object.keys(slowTests))],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 20_000 } },
    pool: "threads",
    // Many tests wait for a program or a server: one worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    setupFiles: ["test/helpers/random.ts", "test/helpers/warnings.ts"],
    globalSetup: ["test/helpers/say-what-is-left-out.ts"],
    // It imports JSON as bundlers do.
    server: { deps: { inline: ["@actions/workflow-parser"] } },
    // The same output with and without a terminal, and no credentials from the developer's shell.
    env: { NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
}));
