import type { NewFile } from "../starter-files.js";
import { filled, template } from "../starter-files.js";
import { toSuffix } from "./suffix.js";
import { linesIn, withLines } from "./template-lines.js";
import type { WorkflowOptions } from "./workflows.js";

/** Returns the pipeline for GitLab; for environments, its jobs are templates, which the jobs of each extend. */
export async function gitlabPipeline({
  install,
  environments,
  repairs,
}: WorkflowOptions): Promise<readonly NewFile[]> {
  const nightly = repairs ? "repair" : "drift";
  const whole = withLines(await template("gitlab.yml"), {
    SCHEDULE: linesIn(await template(`gitlab/${nightly}.yml`)),
  });
  const text = filled(whole, {
    __INSTALL__: `${install} && export PATH="$PWD/node_modules/.bin:$PATH"`,
    __ENV__: environments.length === 0 ? "" : "-$CHATFORM_ENV",
  });
  return [[".gitlab-ci.yml", environments.length === 0 ? text : forOrgs(text, environments, nightly)]];
}

function forOrgs(text: string, environments: readonly string[], nightly: string): string {
  const templates = text.replaceAll(/^(?=(?:validate|plan|apply|drift|repair):)/gm, ".");
  return `${templates}${environments.map((environment) => jobs(environment, nightly)).join("")}`;
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
validate-${environment}: { extends: [.validate, .org-${environment}] }
plan-${environment}: { extends: [.plan, .org-${environment}] }
apply-${environment}: { extends: [.apply, .org-${environment}], needs: [plan-${environment}] }
${nightly}-${environment}: { extends: [.${nightly}, .org-${environment}] }
`;
}
