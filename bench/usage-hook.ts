/** Loaded into the process that is measured: writes what it used to the file that BENCH_USAGE_FILE names. */
import { writeFileSync } from "node:fs";

const file = process.env["BENCH_USAGE_FILE"];
if (file !== undefined) {
  process.on("exit", () => {
    writeFileSync(file, JSON.stringify(process.resourceUsage()));
  });
}
