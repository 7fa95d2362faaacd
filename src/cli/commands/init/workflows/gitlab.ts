import { posix } from "node:path";
import type { NewFile } from "../starter-files.js";
import { filled, template } from "../starter-files.js";
import { toSuffix } from "./suffix.js";
import { enter, linesIn, withLines } from "./template-lines.js";
import type { WorkflowOptions } from "./workflows.js";

/** Returns the pipeline for GitLab; for environments, its jobs are templates, which the jobs of each extend. */
export async function gitlabPipeline({
  folder,
  install,
  environments,
  repairs,
}: WorkflowOptions): Promise<readonly NewFile[]> {
  const nightly = repairs ? "repair" : "drift";
  const isOne = environments.length === 0;
  const whole = withLines(await template("gitlab.yml"), {
    SCHEDULE: linesIn(await template(`gitlab/${nightly}.yml`)),
    ONLY: isOne ? [] : choice(environments),
    IF_ONLY: isOne
      ? []
      : ['- if: $CHATFORM_ONLY != "all" && $CHATFORM_ONLY != $CHATFORM_ENV', "  when: never"],
  });
  const text = filled(whole, {
    __INSTALL__: `${enter(folder)}${install}`,
    __MODULES__: posix.join(folder, "node_modules"),
    __ENV__: isOne ? "" : "-$CHATFORM_ENV",
  });
  return [[".gitlab-ci.yml", isOne ? text : forOrgs(text, environments, nightly)]];
}

/** Returns the variable that chooses an environment, for a pipeline that is run by hand. */
function choice(environments: readonly string[]): readonly string[] {
  const options = ["all", ...environments].map((name) => JSON.stringify(name)).join(", ");
  return [
    "CHATFORM_ONLY:",
    "  value: all",
    `  options: [${options}]`,
    "  description: The environment to plan and apply",
  ];
}

function forOrgs(text: string, environments: readonly string[], nightly: string): string {
  const names = /^(?=(?:validate|reviewed|plan|apply-pipeline|apply|drift|repair):)/gm;
  const ofOrgs = environments.map((environment) => jobs(environment, nightly)).join("");
  return `${text.replaceAll(names, ".")}${ofOrgs}`;
}

function jobs(environment: string, nightly: string): string {
  const suffix = toSuffix(environment);
  return `
.org-${environment}:
  variables: # of a client that can read; apply uses those of its environment
    CHATFORM_ENV: "${environment}"
    GENESYSCLOUD_OAUTHCLIENT_ID: $GENESYSCLOUD_OAUTHCLIENT_ID_${suffix}
    GENESYSCLOUD_OAUTHCLIENT_SECRET: $GENESYSCLOUD_OAUTHCLIENT_SECRET_${suffix}
    GENESYSCLOUD_APPLY_OAUTHCLIENT_ID: $GENESYSCLOUD_APPLY_OAUTHCLIENT_ID_${suffix}
    GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET: $GENESYSCLOUD_APPLY_OAUTHCLIENT_SECRET_${suffix}
validate-${environment}:
  extends: .validate
  variables: { CHATFORM_ENV: "${environment}" }
reviewed-${environment}:
  extends: .reviewed
  variables: { CHATFORM_ENV: "${environment}" }
plan-${environment}:
  extends: [.plan, .org-${environment}]
  needs: [install, { job: reviewed-${environment}, optional: true }]
apply-pipeline-${environment}:
  extends: .apply-pipeline
  variables: { CHATFORM_ENV: "${environment}" }
  needs: [plan-${environment}]
  trigger: { include: [{ artifact: apply.yml, job: plan-${environment} }] }
apply-${environment}: { extends: [.apply, .org-${environment}] }
${nightly}-${environment}: { extends: [.${nightly}, .org-${environment}] }
`;
}
