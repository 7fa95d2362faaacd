import { posix } from "node:path";
import { wrapped } from "../../../views/text/wrap.js";
import type { System } from "./starter-files.js";
import type { PackagePlan } from "./package/plan-package.js";
import { packageForms } from "./package/package-spec.js";
import { stateSecrets, stateVars } from "./workflows/state-secrets.js";
import { toSuffix } from "./workflows/suffix.js";

export interface NextStepsOptions {
  readonly ci: System | undefined;
  /** Undefined without a workflow. */
  readonly packagePlan: PackagePlan | undefined;
  /** True if the config has only examples. */
  readonly isNew: boolean;
  /** The environments that the workflow is for. */
  readonly environments: readonly string[];
  /** The backends of the states that the config declares. */
  readonly backends: readonly string[];
  /** True if the workflow repairs drift. */
  readonly repairs: boolean;
  /** The width of the terminal, in characters. */
  readonly width: number;
}

/** Returns the next steps after `init`, numbered. */
export function nextSteps(options: NextStepsOptions): string {
  const { ci, packagePlan, isNew, environments, backends, repairs, width } = options;
  const names = toNames(environments);
  const ofWorkflow =
    ci === undefined
      ? []
      : [
          ...setUp[ci](names),
          stateStep[ci](names, [...new Set(backends)]),
          ...(repairs ? [ofRepair(names)] : []),
        ];
  const ofPackage = ci === undefined || packagePlan === undefined ? [] : packageSteps(ci, packagePlan);
  const steps = [connect, ...(isNew ? [fill] : []), look, ...ofPackage, ...ofWorkflow];
  const lines = steps.flatMap((step, at) => {
    const [head = "", ...rest] = wrapped(step, "     ", width);
    return [`  ${at + 1}. ${head.trimStart()}`, ...rest];
  });
  return `\nNext:\n${lines.join("\n")}\n`;
}

const connect =
  "Set GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET to those of your org. To try chatform without an org: chatform emulate";
const fill =
  "Replace the examples: the domain in chatform.yaml, the rooms and owners in rooms.csv. Uncomment what else you want to manage.";
const look = "Check the config with chatform validate, and show the changes with chatform plan.";

/** Returns the steps until CI can install chatform. */
function packageSteps(ci: System, { folder, spec, notes }: PackagePlan): readonly string[] {
  if (spec === undefined)
    return [
      `Say where CI installs chatform from, as npm ci in the workflow needs it: chatform init --ci ${ci} --package SPEC. SPEC is ${packageForms}. ${notes.join(" ")}`,
    ];
  const tarball = spec.startsWith("file:") ? [spec.slice("file:".length)] : [];
  const own = ["package.json", "package-lock.json"].map((name) => posix.join(folder, name));
  const install = folder === "" ? "npm install" : `npm install --prefix ${folder}`;
  return [
    ...notes,
    `Lock chatform with ${install}, and commit ${[...own, ...tarball].join(", ")} with the other files.`,
  ];
}

/** The names of an org's secrets and approvals in a workflow. */
interface Names {
  readonly id: string;
  readonly secret: string;
  readonly applyId: string;
  readonly applySecret: string;
  readonly environment: string;
  /** GitLab's environment of the client that can read. */
  readonly reader: string;
  /** Empty for one org. */
  readonly scope: string;
}

/** Returns the names for the first environment, as an example. */
function toNames([first]: readonly string[]): Names {
  const suffix = first === undefined ? "" : `_${toSuffix(first)}`;
  return {
    ...{ id: `GENESYSCLOUD_OAUTHCLIENT_ID${suffix}`, secret: `GENESYSCLOUD_OAUTHCLIENT_SECRET${suffix}` },
    ...{
      applyId: `GENESYSCLOUD_APPLY_OAUTHCLIENT_ID${suffix}`,
      applySecret: `GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET${suffix}`,
    },
    environment: first === undefined ? "chatform" : `chatform-${first}`,
    reader: first === undefined ? "chatform-plan" : `chatform-plan-${first}`,
    scope: first === undefined ? "" : ` for each org, as for ${first}`,
  };
}

/** Returns the step for the job that repairs. */
function ofRepair({ environment, scope }: Names): string {
  const nightly = environment.replace(/^chatform/, "chatform-nightly");
  return `For the nightly repair${scope}: an environment ${nightly} without reviewers, with GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that can write, for the default branch only.`;
}

const setUp: Readonly<Record<System, (names: Names) => readonly string[]>> = {
  github: ({ id, secret, applyId, applySecret, environment, scope }) => [
    `In the repository's settings${scope}: the secrets ${id} and ${secret} of a client that can read; an environment ${environment} with reviewers, for the default branch only, and with GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that can write. To check that client's permissions in pull requests: the secrets ${applyId} and ${applySecret}. The region is the variable GENESYSCLOUD_REGION.`,
  ],
  gitlab: ({ id, secret, applyId, applySecret, environment, reader, scope }) => [
    `In the project's CI/CD variables${scope}: for the environment ${reader}, ${id} and ${secret} of a client that can read, masked; for the protected environment ${environment}, GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET of a client that can write, masked and protected. To check that client's permissions in merge requests: ${applyId} and ${applySecret} for ${reader}, masked. The region is GENESYSCLOUD_REGION.`,
    "To apply only plans that were reviewed in a merge request: GITLAB_TOKEN, masked and protected, a project access token with the role Developer and the scope read_api (api for issues too).",
    "A pipeline schedule for the nightly audit, under Build > Pipeline schedules. For an issue that follows drift: GITLAB_TOKEN, a project access token with the scope api and the role Reporter, masked and protected.",
  ],
};

/** Returns the step for the state. */
const stateStep: Readonly<Record<System, (names: Names, backends: readonly string[]) => string>> = {
  github: ({ environment, scope }, backends) => {
    if (backends.length === 0)
      return "For rooms and messages: a state in S3, PostgreSQL or on an HTTP server, declared in chatform.yaml, and its secrets. Then remove .github/workflows/chatform.yml and run this command again: the jobs get what the state needs.";
    const vars = stateVars(backends);
    const ofVars = vars.length === 0 ? "" : ` and the variables ${vars.join(", ")}`;
    return (
      onDisk(backends) ??
      `For the state (${backends.join(", ")})${scope}: set what the backend needs of the secrets ${stateSecrets(backends).join(", ")}${ofVars}. Those of the repository should only read the state; those of the environment ${environment} write it.`
    );
  },
  gitlab: ({ environment, reader, scope }, backends) => {
    if (backends.length === 0)
      return "For rooms and messages, let GitLab keep the state: state: { backend: http } in chatform.yaml.";
    if (backends.includes("http"))
      return "GitLab keeps the state: to plan on this machine, set TF_HTTP_ADDRESS, TF_HTTP_USERNAME and TF_HTTP_PASSWORD; for a trial, use --state chatform.state.json.";
    const names = [...stateSecrets(backends), ...stateVars(backends)].join(", ");
    return (
      onDisk(backends) ??
      `For the state (${backends.join(", ")})${scope}: set what the backend needs of the variables ${names}, secrets masked. Those of the environment ${reader} should only read the state; those of ${environment} write it. GitLab can keep the state instead: state: { backend: http }.`
    );
  },
};

/** Returns the step for states that all stay on the runner; undefined for others. */
function onDisk(backends: readonly string[]): string | undefined {
  if (backends.some((backend) => backend !== "local")) return undefined;
  return "The state stays on the runner's disk (backend: local): use a runner that keeps its disk, or declare another backend.";
}
