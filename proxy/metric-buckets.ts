/** Upper bounds of the histograms, in seconds. */

/** For plain requests, from their head to their end. */
export const requestBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;

/** For questions to name servers. */
export const dnsBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3] as const;
