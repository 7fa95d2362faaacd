import { describe, expect, it } from "vitest";
import { credentialOwner, environmentSecrets, isNamedAsCredential } from "../../../src/core/credentials.js";

describe("credentialOwner", () => {
  it.each([
    [
      "chatform",
      "GENESYSCLOUD_OAUTHCLIENT_ID",
      "GENESYSCLOUD_OAUTHCLIENT_SECRET",
      "GENESYSCLOUD_ACCESS_TOKEN",
      "GENESYSCLOUD_PROXY_AUTH_PASSWORD",
      "GENESYSCLOUD_OAUTHCLIENT_SECRET_EU_PROD",
      "GENESYSCLOUD_APPLY_OAUTHCLIENT_ID_TEST",
      "CHATFORM_NOTIFY_TEST",
    ],
    [
      "the state's backend",
      "TF_HTTP_PASSWORD",
      "TF_HTTP_USERNAME",
      "TF_HTTP_CLIENT_PRIVATE_KEY_PEM",
      "PGPASSWORD",
      "PG_CONN_STR",
      "DATABASE_URL",
    ],
    ["GitHub", "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
    [
      "GitLab",
      "CI_JOB_TOKEN",
      "CI_JOB_JWT_V2",
      "CI_REGISTRY_PASSWORD",
      "CI_DEPLOY_PASSWORD",
      "CI_REPOSITORY_URL",
      "GITLAB_TOKEN",
    ],
    [
      "a cloud provider",
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AZURE_CLIENT_SECRET",
      "ARM_ACCESS_KEY",
      "GOOGLE_CREDENTIALS",
    ],
  ])("is %s for each credential", (owner, ...names) => {
    for (const name of names) expect([name, credentialOwner(name)]).toEqual([name, owner]);
    for (const name of names) expect(credentialOwner(name.toLowerCase())).toBe(owner);
  });

  it.each([
    "GENESYSCLOUD_REGION",
    "GENESYSCLOUD_TOKEN_POOL_SIZE",
    "AWS_REGION",
    "CI_COMMIT_SHA",
    "GITHUB_SHA",
    "PGHOST",
    "HOME",
    "MY_TOKEN",
  ])("is nothing for %s", (name) => {
    expect(credentialOwner(name)).toBeUndefined();
  });
});

it("isNamedAsCredential goes by the end of a name", () => {
  for (const name of ["MY_TOKEN", "clientSecret", "db_password", "API_KEY", "DB_PASS", "SLACK_WEBHOOK_URL"])
    expect([name, isNamedAsCredential(name)]).toEqual([name, true]);
  for (const name of ["TOKEN_URL", "KEYS", "API_KEY_ID", "TEAM", "SECRETS_FOLDER", "COMPASS"])
    expect([name, isNamedAsCredential(name)]).toEqual([name, false]);
});

describe("environmentSecrets", () => {
  it("has the values of credentials, but not those of logins", () => {
    const env = {
      GENESYSCLOUD_OAUTHCLIENT_ID: "id",
      GENESYSCLOUD_OAUTHCLIENT_ID_TEST: "test-id",
      GENESYSCLOUD_OAUTHCLIENT_SECRET_TEST: "s",
      TF_HTTP_USERNAME: "user",
      GITHUB_TOKEN: "t",
      my_key: "k",
      HOME: "/h",
      EMPTY: undefined,
    };
    expect(environmentSecrets(env)).toEqual(["s", "t", "k"]);
  });

  it("has the passwords in URLs, as written and decoded", () => {
    const env = {
      HTTPS_PROXY: "http://user:p%40ss@proxy:3128",
      URL: "https://user@host/",
      BAD: "http://u:%zz@host",
      MAIL: "jane@x.com",
    };
    expect(environmentSecrets(env)).toEqual(["p%40ss", "p@ss", "%zz"]);
  });
});
