import { readFile } from "node:fs/promises";
import { packageFile } from "../../package-file.js";

/** The CI systems of `init --ci`. */
export const systems = ["github", "gitlab"] as const;

export type System = (typeof systems)[number];

export interface StarterOptions {
  /** The path of the schema, relative to the files. */
  readonly schema: string;
  readonly ci?: System;
}

/** The path of a file, and its text. */
export type NewFile = readonly [path: string, text: string];

/** Returns the files of a new config, each of which names the next. Their people exist only in the emulated org. */
export function starterFiles({ schema, ci }: StarterOptions): Promise<readonly NewFile[]> {
  const values = { __SCHEMA__: schema, "# __STATE__": stateLines[ci ?? "none"].join("\n") };
  return Promise.all(
    ["chatform.yaml", "rooms.yaml", "rooms.csv"].map(
      async (path) => [path, filled(await template(path), values)] as const,
    ),
  );
}

const stateLines: Readonly<Record<System | "none", readonly string[]>> = {
  none: [
    "# The state is a file beside this one. A team keeps it elsewhere: docs/state.md.",
    "# state: { backend: s3, bucket: NAME, key: chat/state.json, region: eu-central-1 }",
    "# state: { backend: pg } # PG_CONN_STR says where",
  ],
  github: [
    "# A runner's disk is temporary. Before you declare rooms or messages, configure where",
    "# the state is kept:",
    "# state: { backend: s3, bucket: NAME, key: chat/state.json, region: eu-central-1 }",
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

/** Returns the text of a file in the folder templates. */
export function template(name: string): Promise<string> {
  return readFile(packageFile(`templates/${name}`), "utf8");
}

/** Replaces each place by its value. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (filling, [place, value]) => filling.replaceAll(place, () => value),
    text,
  );
}
