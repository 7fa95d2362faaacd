/** Runs everything that has to be green; arguments go to vitest. Steps of a lane run one after the other, lanes at the same time. */
import { spawn } from "node:child_process";

/** Linting with types takes as long as the other steps together, and each uses one core. */
const lanes = [["lint"], ["build", "format:check", "typecheck", "knip"]];

const codes = await Promise.all(
  lanes.map(async (steps) => {
    for (const step of steps) {
      const { code, output } = await run(step);
      process.stdout.write(`${code === 0 ? "ok" : "failed"}: npm run ${step}\n${code === 0 ? "" : output}`);
      if (code !== 0) return code;
    }
    return 0;
  }),
);
process.exitCode =
  codes.find((code) => code !== 0) ?? (await run("test:run", process.argv.slice(2), "inherit")).code;

/** Runs a script of package.json. @returns its exit code, and its output unless that is inherited */
function run(script, args = [], stdio = "pipe") {
  const child = spawn(process.execPath, [process.env.npm_execpath, "run", script, "--", ...args], {
    stdio: ["ignore", stdio, stdio],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
