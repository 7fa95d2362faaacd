import { Buffer } from "node:buffer";

/**
 * Returns a software bill of materials in CycloneDX 1.6 (JSON) of the libraries within the bundle. It has neither a time nor a serial
 * number: the same sources give the same text. chatform itself has no package URL, as no registry has it under this name.
 *
 * @param own the package.json of chatform
 * @param libraries the package.json of each bundled library, with its `integrity` in package-lock.json
 */
export function sbom(own, libraries) {
  const refs = new Map(libraries.map(({ name, version }) => [name, `${name}@${version}`]));
  const dependency = (ref, names) => ({ ref, dependsOn: names.flatMap((name) => refs.get(name) ?? []) });
  const ownRef = `${own.name}@${own.version}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": ownRef, name: own.name, version: own.version },
    },
    components: libraries.map(({ name, version, license, integrity }) => ({
      type: "library",
      "bom-ref": `${name}@${version}`,
      name,
      version,
      hashes: [{ alg: "SHA-512", content: toHex(integrity) }],
      licenses: [{ expression: license }],
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      properties: [{ name: "cdx:npm:package:bundled", value: "true" }],
    })),
    dependencies: [
      dependency(ownRef, Object.keys({ ...own.dependencies, ...own.devDependencies })),
      ...libraries.map(({ name, version, dependencies = {} }) =>
        dependency(`${name}@${version}`, Object.keys(dependencies)),
      ),
    ],
  };
}

const toHex = (integrity) => Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
