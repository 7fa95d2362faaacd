/** Returns the domain of a region's services. Source: AWS General Reference, "Service endpoints". */
export function awsDomain(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.com.cn";
  return region.startsWith("eusc-") ? "amazonaws.eu" : "amazonaws.com";
}
