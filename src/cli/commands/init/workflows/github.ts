import type { NewFile } from "../starter-files.js";
import { filled, template } from "../starter-files.js";
import { stateSecrets, stateVars } from "./state-secrets.js";
import { toSuffix } from "./suffix.js";
import { enter, linesIn, withLines } from "./template-lines.js";
import type { WorkflowOptions } from "./workflows.js";

const mainPath = ".github/workflows/chatform.yml";

/** Returns the workflow for GitHub; for environments, one that calls another for each. */
export async function githubWorkflows(options: WorkflowOptions): Promise<readonly NewFile[]> {
  const { folder, install, environments, backends, branch, repairs } = options;
  const setup = filled(await template("github/setup.yml"), {
    __INSTALL__: `${enter(folder)}${install} && echo "$PWD/node_modules/.bin" >> "$GITHUB_PATH"`,
  });
  const secrets = stateSecrets(backends);
  const isOne = environments.length === 0;
  const identity = backends.includes("s3") ? [identityLine] : [];
  const ofState = [
    ...secrets.map((name) => secretLine(name, name)),
    ...stateVars(backends).map((name) => `${name}: \${{ vars.${name} }}`),
  ];
  const ofJobs = { SETUP: linesIn(setup), STATE: ofState, IDENTITY: identity };
  const text = withLines(await template("github/chatform.yml"), {
    ...ofJobs,
    REPAIR: repairs ? linesIn(withLines(await template("github/repair.yml"), ofJobs)) : [],
    CHATFORM_ENV: isOne ? [] : ["CHATFORM_ENV: ${{ inputs.env }}"],
    ENVIRONMENT_INPUT: isOne ? [] : environmentInput(environments),
  });
  const byHand = `(inputs.command == 'drift' && ${onDefaultBranch})`;
  const values = {
    __BRANCH__: JSON.stringify(branchPattern(branch)),
    __DEFAULT_BRANCH__: onDefaultBranch,
    __ENV__: isOne ? "" : "-${{ inputs.env }}",
    __AUDITED__: repairs ? byHand : `github.event_name == 'schedule' || ${byHand}`,
    __MARK__: isOne ? "" : " ${{ inputs.env }}",
  };
  const whole = filled(text, values);
  return isOne ? [[mainPath, whole]] : forOrgs(whole, environments, { secrets, identity });
}

/** Returns a pattern of GitHub's that matches only this branch. Other special characters are not allowed in the names of branches. */
function branchPattern(branch: string): string {
  return branch.replaceAll("+", "\\+").replace(/^!/, "\\!");
}

/** A condition: on another branch, an audit would write its config's drift into the issue, and an apply could not be reviewed. */
const onDefaultBranch = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)";

/** The permission to prove to a cloud which workflow runs. */
const identityLine = "id-token: write # to sign in to AWS as AWS_ROLE_ARN";

function secretLine(name: string, secret: string): string {
  return `${name}: \${{ secrets.${secret} }}`;
}

function environmentInput(environments: readonly string[]): readonly string[] {
  return [
    "environment:",
    "  description: The environment of chatform.yaml",
    "  type: choice",
    `  options: [${["all", ...environments].map((name) => JSON.stringify(name)).join(", ")}]`,
    "  default: all",
  ];
}

const triggers = /^on:\n(?: .*\n)+/m;
const concurrency = /^concurrency:.*\n(?: .*\n)+/m;

async function forOrgs(
  text: string,
  environments: readonly string[],
  ofState: { readonly secrets: readonly string[]; readonly identity: readonly string[] },
): Promise<readonly NewFile[]> {
  const ofOrg = [
    ...["GENESYSCLOUD_OAUTHCLIENT_ID", "GENESYSCLOUD_OAUTHCLIENT_SECRET"],
    ...["GENESYSCLOUD_APPLY_OAUTHCLIENT_ID", "GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET"],
  ];
  const shared = [...ofState.secrets, "CHATFORM_NOTIFY"];
  const main = withLines(await template("github/orgs.yml"), {
    ON: linesIn(triggers.exec(text)?.[0] ?? ""),
    CONCURRENCY: linesIn(concurrency.exec(text)?.[0] ?? ""),
    JOBS: environments.flatMap((environment) => [
      ...(environment === environments[0] ? [] : [""]),
      ...job(environment, {
        identity: ofState.identity,
        secrets: [
          ...ofOrg.map((name) => secretLine(name, `${name}_${toSuffix(environment)}`)),
          ...shared.map((name) => secretLine(name, name)),
        ],
      }),
    ]),
  });
  const called = text
    .replace(triggers, () => callable([...ofOrg, ...shared]))
    .replace(new RegExp(`${concurrency.source}\n`, "m"), "");
  return [
    [mainPath, main],
    [".github/workflows/chatform-org.yml", called],
  ];
}

/** The inputs of the called workflow that those of the manual start become. */
const passedOn = ["command", "allow-deletions", "allow-data-loss"];

function callable(secrets: readonly string[]): string {
  return `on:
  workflow_call:
    inputs:
      env: { type: string, required: true }
${passedOn.map((name) => `      ${name}: { type: string, required: false }\n`).join("")}\
    secrets: # of a client that can read; apply uses those of its environment
${secrets.map((name) => `      ${name}: { required: false }\n`).join("")}`;
}

/** Returns a value of a called workflow's input. actionlint takes these words for other values, quoted or not. */
function inputText(text: string): string {
  return /^(?:true|false|null)$/.test(text)
    ? `\${{ '${text}' }} # zizmor: ignore[obfuscation] a text in YAML too, but not for actionlint`
    : JSON.stringify(text);
}

/** @param lines of its permissions and of its secrets */
function job(
  environment: string,
  { identity, secrets }: Readonly<Record<"identity" | "secrets", readonly string[]>>,
): readonly string[] {
  return [
    `org-${environment.replaceAll(".", "-")}:`,
    `  name: "${environment}"`,
    `  if: github.event_name != 'workflow_dispatch' || contains(fromJSON('["all", "${environment}"]'), inputs.environment)`,
    // Older runners, and servers of one's own, do not know the other form, which zizmor recommends.
    "  uses: ./.github/workflows/chatform-org.yml # zizmor: ignore[self-repository]",
    "  permissions: # what its jobs may have, each a part of it",
    "    actions: read # to find what a pull request showed",
    "    contents: read",
    ...identity.map((line) => `    ${line}`),
    "    issues: write # for the issue about drift",
    "    pull-requests: write # for the comment",
    "  with:",
    `    env: ${inputText(environment)}`,
    ...passedOn.map((name) => `    ${name}: \${{ format('{0}', inputs.${name}) }}`),
    "  secrets:",
    ...secrets.map((line) => `    ${line}`),
  ];
}
