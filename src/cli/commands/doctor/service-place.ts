import type { Connection } from "../../../api/auth/connection.js";
import { toEndpoint } from "../../../api/auth/endpoint.js";
import type { Environment } from "../../../config/environments/choose-environment.js";
import type { ServiceHost, ServicePlace } from "../../../api/diagnosis/service-place.js";
import { variable } from "../../../http/environment.js";
import type { Context } from "../../context.js";

/** Returns the addresses of a connection, with the settings that it comes from, in the order in which they count. */
export function toServicePlace(
  connection: Connection,
  { env }: Pick<Context, "env">,
  profile: string | undefined,
  environment: Environment | undefined,
): ServicePlace {
  const isSet = (name: string): boolean => variable(env, name) !== undefined;
  const inProfile = profile === undefined ? undefined : `the profile ${profile} in ~/.gc/config.toml`;
  const region =
    environment?.region === undefined
      ? (inProfile ?? "GENESYSCLOUD_REGION")
      : `environments.${environment.name}.region in the config`;
  const toHost = (own: string, url: string): Pick<ServiceHost, "name" | "url" | "setting"> => {
    const name = [own, "GENESYSCLOUD_GATEWAY_HOST"].find(isSet);
    const place = toEndpoint({ ...connection, apiUrl: url });
    const setting =
      name === undefined ? `${region}, ${toEndpoint(connection).region ?? url}` : `${name}, ${url}`;
    return { name: place.host, url, setting };
  };
  const { apiUrl, loginUrl, apiProxy, loginProxy, credentials, tokenPoolSize } = connection;
  return {
    api: { ...toHost("CHATFORM_API_URL", apiUrl), proxy: apiProxy },
    login: { ...toHost("CHATFORM_LOGIN_URL", loginUrl), proxy: loginProxy },
    credentials: { type: credentials.type, settings: inProfile ?? credentialVariables[credentials.type] },
    proxy: toProxySettings(isSet, inProfile),
    ...(tokenPoolSize === undefined ? {} : { tokenPoolSize }),
  };
}

const credentialVariables = {
  token: "GENESYSCLOUD_ACCESS_TOKEN",
  client: "GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET",
} as const;

function toProxySettings(
  isSet: (name: string) => boolean,
  inProfile: string | undefined,
): ServicePlace["proxy"] {
  const login = "GENESYSCLOUD_PROXY_AUTH_USERNAME and GENESYSCLOUD_PROXY_AUTH_PASSWORD";
  if (isSet("GENESYSCLOUD_PROXY_HOST"))
    return { address: "GENESYSCLOUD_PROXY_HOST and GENESYSCLOUD_PROXY_PORT", login };
  const usual = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].find(isSet);
  if (usual !== undefined) return { address: usual, login: `${usual}=http://USER:PASSWORD@HOST:PORT` };
  return { address: inProfile ?? "https_proxy", login: inProfile ?? login };
}
