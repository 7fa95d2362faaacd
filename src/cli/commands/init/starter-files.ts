import { readFile } from "node:fs/promises";
import { VERSION } from "../../../core/version.js";
import { packageFile } from "../../package-file.js";

/** The CI systems of `init --ci`. */
export const systems = ["github", "gitlab"] as const;

export type System = (typeof systems)[number];

export interface StarterOptions {
  /** The path of the schema, relative to the file. */
  readonly schema: string;
  readonly ci?: System;
}

/** Returns a chatform.yaml that declares nothing yet: it is valid, and its plan is empty. */
export async function starter({ schema, ci }: StarterOptions): Promise<string> {
  const text = await template("chatform.yaml");
  return filled(text, { __SCHEMA__: schema, "# __STATE__": stateLines[ci ?? "none"].join("\n") });
}

/** The workflow's path, relative to the repository. */
export const workflowPath: Readonly<Record<System, string>> = {
  github: ".github/workflows/chatform.yml",
  gitlab: ".gitlab-ci.yml",
};

/**
 * Returns the workflow of a CI system: validates, plans, applies, audits.
 *
 * @param asPackage true if chatform is one of the project's npm packages; else the workflow installs this version
 */
export async function workflow(ci: System, asPackage: boolean): Promise<string> {
  const text = await template(`${ci}.yml`);
  return filled(text, {
    __INSTALL__: asPackage ? fromPackages[ci] : `npm install --global chatform@${VERSION}`,
  });
}

const fromPackages: Readonly<Record<System, string>> = {
  github: 'npm ci && echo "$PWD/node_modules/.bin" >> "$GITHUB_PATH"',
  gitlab: 'npm ci && export PATH="$PWD/node_modules/.bin:$PATH"',
};

const stateLines: Readonly<Record<System | "none", readonly string[]>> = {
  none: ["# state: { backend: local, path: chatform.state.json } # or http, pg: what a team shares"],
  github: [
    "# A runner's disk is temporary. Before you declare rooms or messages, configure where",
    "# the state is kept:",
    "# state: { backend: pg } # PG_CONN_STR says where",
    "# state: # or a server of Terraform's protocol; TF_HTTP_* can say it too",
    "#   backend: http",
    "#   address: https://state.example.com/chat",
    "#   lockAddress: https://state.example.com/chat",
  ],
  gitlab: [
    "# GitLab keeps the state; .gitlab-ci.yml says where, in TF_HTTP_* variables. Set",
    "# them on your own machine too, with a token of yours as TF_HTTP_PASSWORD.",
    "state: { backend: http }",
  ],
};

function template(name: string): Promise<string> {
  return readFile(packageFile(`templates/${name}`), "utf8");
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (filling, [place, value]) => filling.replaceAll(place, () => value),
    text,
  );
}
