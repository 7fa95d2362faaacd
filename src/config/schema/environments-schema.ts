import type { JsonObject } from "../../core/json/json.js";

const text = { type: "string", minLength: 1 } as const;

/** Returns the JSON Schema of `environments`. @param state the schema of the config's `state` */
export function environmentsSchema(state: JsonObject): JsonObject {
  return {
    type: "object",
    description:
      "The orgs that this config is for. With environments declared, each run chooses one: --env NAME, or CHATFORM_ENV.",
    propertyNames: {
      type: "string",
      title: "name",
      description: "A name of your choice: lower case letters, digits, dots, underscores, hyphens.",
      pattern: "^(?!all$)[a-z0-9][a-z0-9._-]*$",
      maxLength: 100,
    },
    additionalProperties: {
      type: "object",
      additionalProperties: false,
      properties: {
        profile: {
          ...text,
          description:
            "The section of ~/.gc/config.toml with the credentials. In CI, the variables win, if they hold credentials.",
        },
        region: { ...text, description: "The region of the org, instead of GENESYSCLOUD_REGION." },
        variables: {
          type: "object",
          description: "Values of variables in this environment.",
          additionalProperties: { type: ["string", "number", "boolean"] },
        },
        varFile: {
          type: ["string", "array"],
          items: text,
          description: "Files of variables of this environment, relative to this file.",
        },
        state: {
          ...state,
          description: "Where this environment's state is stored, instead of the config's state.",
        },
      },
    },
  };
}
