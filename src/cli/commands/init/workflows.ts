import { VERSION } from "../../../core/version.js";
import type { NewFile, System } from "./starter-files.js";
import { filled, template } from "./starter-files.js";

export interface WorkflowOptions {
  /** True if chatform is one of the project's npm packages; else the workflow installs this version. */
  readonly asPackage: boolean;
  /** The names of the environments that the config declares: each has jobs, credentials and approvals of its own. */
  readonly environments: readonly string[];
}

/** Returns the files of a CI system that validate, plan, apply and audit. */
export async function workflows(
  ci: System,
  { asPackage, environments }: WorkflowOptions,
): Promise<readonly NewFile[]> {
  const text = filled(await template(`${ci}.yml`), {
    __INSTALL__: asPackage ? fromPackages[ci] : `npm install --global chatform@${VERSION}`,
  });
  return environments.length === 0 ? [[mainPath[ci], forOneOrg(text)]] : forOrgs[ci](text, environments);
}

const mainPath: Readonly<Record<System, string>> = {
  github: ".github/workflows/chatform.yml",
  gitlab: ".gitlab-ci.yml",
};

const fromPackages: Readonly<Record<System, string>> = {
  github: 'npm ci && echo "$PWD/node_modules/.bin" >> "$GITHUB_PATH"',
  gitlab: 'npm ci && export PATH="$PWD/node_modules/.bin:$PATH"',
};

const forOrgs = { github: githubForOrgs, gitlab: gitlabForOrgs } as const;

function forOneOrg(text: string): string {
  return filled(text, { __ENV__: "", __MARK__: "", "  # __CHATFORM_ENV__\n": "" });
}

const triggers = /^on:\n(?: .*\n)+/m;

/** Returns a workflow that calls another one for each environment. */
async function githubForOrgs(text: string, environments: readonly string[]): Promise<readonly NewFile[]> {
  const [on = ""] = triggers.exec(text) ?? [];
  const main = filled(await template("github-orgs.yml"), {
    "# __ON__\n": on,
    "  # __JOBS__\n": environments.map(githubJob).join("\n"),
  });
  const called = filled(text.replace(triggers, callable), {
    __ENV__: "-${{ inputs.env }}",
    __MARK__: " $CHATFORM_ENV",
    "# __CHATFORM_ENV__": "CHATFORM_ENV: ${{ inputs.env }}",
  });
  return [
    [mainPath.github, main],
    [".github/workflows/chatform-org.yml", called],
  ];
}

const callable = `on:
  workflow_call:
    inputs:
      env: { type: string, required: true }
    secrets: # of a client that can read; apply uses those of its environment
      GENESYSCLOUD_OAUTHCLIENT_ID: { required: false }
      GENESYSCLOUD_OAUTHCLIENT_SECRET: { required: false }
      GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: { required: false }
      GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: { required: false }
      PG_CONN_STR: { required: false }
`;

function githubJob(environment: string): string {
  const suffix = toSuffix(environment);
  return `  org-${environment.replaceAll(".", "-")}:
    name: ${environment}
    uses: ./.github/workflows/chatform-org.yml
    with: { env: "${environment}" }
    secrets:
      GENESYSCLOUD_OAUTHCLIENT_ID: \${{ secrets.GENESYSCLOUD_OAUTHCLIENT_ID_${suffix} }}
      GENESYSCLOUD_OAUTHCLIENT_SECRET: \${{ secrets.GENESYSCLOUD_OAUTHCLIENT_SECRET_${suffix} }}
      GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: \${{ secrets.GENESYSCLOUD_APPLY_OAUTHCLIENT_ID_${suffix} }}
      GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: \${{ secrets.GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET_${suffix} }}
      PG_CONN_STR: \${{ secrets.PG_CONN_STR }}
`;
}

/** Returns a pipeline whose jobs are templates, which the jobs of each environment extend. */
function gitlabForOrgs(text: string, environments: readonly string[]): readonly NewFile[] {
  const templates = filled(text, { __ENV__: "-$CHATFORM_ENV" });
  const jobs = environments.map(gitlabJobs).join("");
  return [[mainPath.gitlab, `${templates.replaceAll(/^(?=(?:validate|plan|apply|drift):)/gm, ".")}${jobs}`]];
}

function gitlabJobs(environment: string): string {
  const suffix = toSuffix(environment);
  return `
.org-${environment}:
  variables: # of a client that can read; apply uses those of its environment
    CHATFORM_ENV: "${environment}"
    GENESYSCLOUD_OAUTHCLIENT_ID: $GENESYSCLOUD_OAUTHCLIENT_ID_${suffix}
    GENESYSCLOUD_OAUTHCLIENT_SECRET: $GENESYSCLOUD_OAUTHCLIENT_SECRET_${suffix}
    GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: $GENESYSCLOUD_APPLY_OAUTHCLIENT_ID_${suffix}
    GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: $GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET_${suffix}
validate-${environment}: { extends: [.validate, .org-${environment}] }
plan-${environment}: { extends: [.plan, .org-${environment}] }
apply-${environment}: { extends: [.apply, .org-${environment}], needs: [plan-${environment}] }
drift-${environment}: { extends: [.drift, .org-${environment}] }
`;
}

/** Returns the end of the names of an environment's secrets: `EU_PROD`. */
export function toSuffix(environment: string): string {
  return environment.toUpperCase().replaceAll(/[.-]/g, "_");
}
