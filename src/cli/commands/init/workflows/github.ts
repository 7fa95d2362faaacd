import type { NewFile } from "../starter-files.js";
import { filled, template } from "../starter-files.js";
import { toSuffix } from "./suffix.js";
import type { WorkflowOptions } from "./workflows.js";

const mainPath = ".github/workflows/chatform.yml";

/** Returns the workflow for GitHub; for environments, one that calls another for each. */
export async function githubWorkflows({
  install,
  environments,
}: WorkflowOptions): Promise<readonly NewFile[]> {
  const text = filled(await template("github/chatform.yml"), {
    __INSTALL__: `${install} && echo "$PWD/node_modules/.bin" >> "$GITHUB_PATH"`,
  });
  return environments.length === 0 ? [[mainPath, forOneOrg(text)]] : forOrgs(text, environments);
}

function forOneOrg(text: string): string {
  return filled(text, { __ENV__: "", __MARK__: "", "  # __CHATFORM_ENV__\n": "" });
}

const triggers = /^on:\n(?: .*\n)+/m;

async function forOrgs(text: string, environments: readonly string[]): Promise<readonly NewFile[]> {
  const [on = ""] = triggers.exec(text) ?? [];
  const main = filled(await template("github/orgs.yml"), {
    "# __ON__\n": on,
    "  # __JOBS__\n": environments.map(job).join("\n"),
  });
  const called = filled(text.replace(triggers, callable), {
    __ENV__: "-${{ inputs.env }}",
    __MARK__: " $CHATFORM_ENV",
    "# __CHATFORM_ENV__": "CHATFORM_ENV: ${{ inputs.env }}",
  });
  return [
    [mainPath, main],
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

function job(environment: string): string {
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
