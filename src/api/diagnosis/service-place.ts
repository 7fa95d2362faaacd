import type { Proxy } from "../../http/proxy.js";

/** The API or the login of the service. */
export interface ServiceHost {
  /** Host, port and, behind a gateway, path: `api.mypurecloud.de`. */
  readonly name: string;
  readonly url: string;
  /** The setting that the host comes from, with its value: `GENESYSCLOUD_REGION, eu-central-1`. */
  readonly setting: string;
  readonly proxy?: Proxy | undefined;
}

/** The addresses of the service, and the settings that they and the credentials come from, for texts. */
export interface ServicePlace {
  readonly api: ServiceHost;
  readonly login: ServiceHost;
  readonly credentials: { readonly type: "client" | "token"; readonly settings: string };
  /** The settings with the address of the proxy, and those with its user and password. */
  readonly proxy: { readonly address: string; readonly login: string };
  /** Missing: it is not set. */
  readonly tokenPoolSize?: number;
}
