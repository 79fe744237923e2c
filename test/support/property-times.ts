/** How many times longer than in CI the long property tests run: HANARE_PROPERTY_TIMES, 1 unless set. */
export const propertyTimes = Math.max(1, Number(process.env["HANARE_PROPERTY_TIMES"] ?? "1"));
