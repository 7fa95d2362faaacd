/**
 * Stands in for GitHub's program `gh api`, with the answers and comments of a JSON file: gets a path, filtered as `gh` filters, and adds
 * and changes comments.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const [file, api, ...words] = process.argv.slice(2);
const { GH_TOKEN, GH_ENTERPRISE_TOKEN, GH_HOST } = process.env;
if (api !== "api" || !GH_TOKEN || !GH_ENTERPRISE_TOKEN || GH_HOST !== "acme.ghe.com")
  throw new Error(`gh: ${words.join(" ")}`);
const value = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
const path = words.find((word) => word.startsWith("repos/"));
const github = JSON.parse(readFileSync(file, "utf8"));
const method = value("--method") ?? "GET";

if (method === "GET") {
  const ofIssue = github.comments.filter((one) => one.path === path);
  const answer = path.endsWith("/comments") ? ofIssue : github.answers[path];
  if (answer === undefined) throw new Error(`404: ${path}`);
  const { status, stdout, stderr } = spawnSync("jq", ["-r", value("--jq")], {
    input: JSON.stringify(answer),
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = status;
} else {
  const body = readFileSync(value("-F").replace("body=@", ""), "utf8");
  if (method === "POST" && /^repos\/[^/]+\/[^/]+\/issues\/\d+\/comments$/.test(path)) {
    const user = { login: "github-actions[bot]" };
    github.comments.push({ id: 41 + github.comments.length, path, user, body });
  } else {
    const one = github.comments.find(({ id }) => path === `repos/acme/chat/issues/comments/${id}`);
    if (method !== "PATCH" || one === undefined) throw new Error(`404: ${path}`);
    one.body = body;
  }
  writeFileSync(file, JSON.stringify(github));
}
