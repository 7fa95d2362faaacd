import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";
import { slowTests } from "./test/slow-tests.js";

const slowFiles = Object.keys(slowTests);

/** Starts the slow tests first, in the order of their list: at the end, no core waits for a long file of another. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const toRank = ({ moduleId }: TestSpecification): number => {
      const at = slowFiles.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at === -1 ? slowFiles.length : at;
    };
    return (await super.sort(files)).sort((a, b) => toRank(a) - toRank(b));
  }
}

/** `--mode all`: all tests; otherwise the slow ones are left out. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...(mode === "all" ? [] : slowFiles)],
    // A busy machine is slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    pool: "threads",
    sequence: { sequencer: SlowFirst },
    // Many tests wait for a program or a server: one worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    setupFiles: ["test/helpers/random.ts", "test/helpers/warnings.ts"],
    globalSetup: mode === "all" ? [] : ["test/helpers/say-what-is-left-out.ts"],
    // It imports JSON as bundlers do.
    server: { deps: { inline: ["@actions/workflow-parser"] } },
    // The same output with and without a terminal, and no credentials from the developer's shell.
    env: { NO_COLOR: "1" },
    coverage: { provider: "v8", include: ["src/**/*.ts"] },
  },
}));
