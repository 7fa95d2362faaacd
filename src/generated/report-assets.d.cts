/** The files of the HTML report (src/views/reports/html/), which the build puts into this module. */
export const page: string;
export const stylesheet: string;
export const script: string;
