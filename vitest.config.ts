import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A busy machine is slow, not wrong.
    expect: { poll: { timeout: 20_000 } },
    pool: "threads",
    setupFiles: ["test/helpers/warnings.ts"],
    // It imports JSON as bundlers do.
    server: { deps: { inline: ["@actions/workflow-parser"] } },
    // The same output with and without a terminal, and no credentials from the developer's shell.
    env: { NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
});
